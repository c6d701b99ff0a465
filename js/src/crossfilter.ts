/** Filters on columns of ordinal codes, and what is to be known of the rows under them. */

import { type Answer, type RowList } from "./answer";
import { type CodeColumn, type Coding, FilterColumn } from "./codecolumn";
import { Slice } from "./slice";
import { SliceIndex } from "./sliceindex";

export type Command =
  /** Adds or replaces a column, or removes it; either drops its filter. */
  | { do: "column"; key: string; column: CodeColumn | null }
  /** Gives a column other bins; its filter stays. */
  | { do: "bins"; key: string; coding: Coding }
  /** Lets the codes pass that are 1 in `passes`, the others being 0; null removes the filter. */
  | { do: "filter"; key: string; passes: Uint8Array | null }
  /** Sets the display order of all rows; null is that of the dataset. */
  | { do: "order"; order: Uint32Array | null }
  /** Says whose histograms are of interest. */
  | { do: "want"; keys: string[] }
  /** Says that this filter is about to move. */
  | { do: "prepare"; key: string }
  /** Says what rows an answer must have: `span` around the first of `keep` that passes. */
  | { do: "look"; keep: number[]; span: number };

/** Whether the answer is another one after a command. */
export function changesAnswer(command: Command): boolean {
  return command.do !== "prepare" && command.do !== "look";
}

/**
 * Any number of filters at once, each a lookup table over the codes of one column.
 *
 * All answers come from the index of the filter that moved last. It is made when another filter
 * moves, better already when one is about to, and serves every position of that filter.
 */
export class Crossfilter {
  /** Counts the commands that change the answer. */
  version = 0;
  readonly #columns = new Map<string, FilterColumn>();
  #active: FilterColumn | null = null;
  #index: SliceIndex | null = null;
  #order: Uint32Array | null = null;
  #wanted = new Set<string>();
  #keep: number[] = [];
  #span = 0;

  constructor(readonly rowCount: number) {}

  apply(command: Command): void {
    if (changesAnswer(command)) this.version++;
    switch (command.do) {
      case "column":
        return this.#setColumn(command.key, command.column);
      case "bins":
        return this.#setBins(command.key, command.coding);
      case "filter":
        return this.#setFilter(command.key, command.passes);
      case "order":
        this.#order = command.order;
        return this.#index?.forgetOrder();
      case "want":
        this.#wanted = new Set(command.keys);
        return;
      case "prepare":
        return this.#activate(this.#columns.get(command.key) ?? this.#active);
      case "look":
        [this.#keep, this.#span] = [command.keep, command.span];
    }
  }

  /** Does, portion by portion, what `answer` needs. */
  *prepare(): Generator<void> {
    this.#index ??= new SliceIndex(this.rowCount, this.#active, this.#columns.values());
    const counted = [...this.#shown(), ...this.#filtered()].map(([, column]) => column);
    yield* this.#index.build(counted, this.#order);
  }

  /** The answer with the rows on the screen, once `prepare` is through. */
  answer(): Answer {
    const slice = this.#slice();
    return this.#answer(slice, slice.around(this.#keep, this.#span));
  }

  /** The answer with all rows, portion by portion. */
  *fullAnswer(): Generator<void, Answer> {
    const slice = this.#slice();
    return this.#answer(slice, yield* slice.all());
  }

  #answer(slice: Slice, list: RowList): Answer {
    const histograms = this.#shown().map(
      ([key, column]) => [key, slice.histogram(column)] as const,
    );
    const without = this.#filtered().map(
      ([key, column]) => [key, slice.countWithout(column)] as const,
    );
    return {
      version: this.version,
      count: slice.count,
      without: new Map(without),
      histograms: new Map(histograms),
      list,
    };
  }

  #slice(): Slice {
    return new Slice(this.#index!, this.#order);
  }

  /** The columns whose histograms are of interest. */
  #shown(): [string, FilterColumn][] {
    return [...this.#columns].filter(([key]) => this.#wanted.has(key));
  }

  #filtered(): [string, FilterColumn][] {
    return [...this.#columns].filter(([, { passes }]) => passes);
  }

  #setColumn(key: string, column: CodeColumn | null): void {
    const old = this.#columns.get(key);
    if (column && column.codes.length !== this.rowCount) {
      throw new RangeError(`"${key}" has ${column.codes.length} codes for ${this.rowCount} rows`);
    }
    if (column) this.#columns.set(key, new FilterColumn(column));
    else this.#columns.delete(key);
    if (!old) return;
    if (old === this.#active) this.#active = null;
    if (old.passes || old === this.#index?.active) this.#index = null;
    this.#index?.forget(old);
  }

  #setBins(key: string, coding: Coding): void {
    const column = this.#columns.get(key);
    if (!column) throw new RangeError(`no column "${key}"`);
    column.setBins(coding);
    this.#index?.forget(column);
  }

  #setFilter(key: string, passes: Uint8Array | null): void {
    const column = this.#columns.get(key);
    if (!column) throw new RangeError(`no column "${key}"`);
    if (passes && passes.length !== column.all.length) {
      const codes = column.all.length;
      throw new RangeError(`"${key}" has ${codes} codes, its filter ${passes.length}`);
    }
    if (!passes && !column.passes) return;
    this.#activate(column);
    column.passes = passes?.slice() ?? null;
  }

  /** The index holds under any filter of its active column. */
  #activate(column: FilterColumn | null): void {
    if (column !== this.#active) this.#index = null;
    this.#active = column;
  }
}
