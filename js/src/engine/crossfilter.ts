/** Filters on columns of ordinal codes, and what is to be known of the rows under them. */

import { PlaneIndex } from "./plane";
import type {
  Result,
  RowList,
  CodeColumn,
  Coding,
  Command,
  Plane,
  Query,
  Sections,
  SectionsOf,
} from "./types";
import { recode } from "./loops";
import { BY_CODE, SectionedOrder } from "./sections";
import { Slice } from "./slice";
import { IndexedColumn, SliceIndex } from "./sliceindex";

/** Whether the result is another one after a command. */
export function changesResult(command: Command): boolean {
  return command.do !== "prepare" && command.do !== "look";
}

/**
 * Any number of filters at once, each a lookup table over the codes of one column.
 *
 * All results come from the index of the filter that moved last, the active view. It is made when
 * another filter moves, better already when one is about to, and serves every position of it.
 */
export class Crossfilter {
  /** Counts the commands that change the result. */
  version = 0;
  readonly #columns = new Map<string, IndexedColumn>();
  #active: IndexedColumn | null = null;
  #index: SliceIndex | null = null;
  #order: Uint32Array | null = null;
  #sections: SectionedOrder | null = null;
  #arrangement = BY_CODE;
  #wanted = new Set<string>();
  #plane: { id: number; index: PlaneIndex } | null = null;
  #keep: number[] = [];
  #span = 0;

  constructor(readonly rowCount: number) {}

  apply(command: Command): void {
    if (changesResult(command)) this.version++;
    switch (command.do) {
      case "column":
        return this.#setColumn(command.key, command.column);
      case "bins":
        return this.#setBins(command.key, command.coding);
      case "filter":
        return this.#setFilter(command.key, command.passes);
      case "order":
        this.#order = command.order;
        if (this.#sections) this.#sections.rows = null;
        return this.#index?.forgetOrder();
      case "sections":
        return this.#setSections(command.sections);
      case "arrange":
        this.#arrangement = command.arrangement;
        return;
      case "plane":
        return this.#setPlane(command.plane);
      case "want":
        this.#wanted = new Set(command.keys);
        return;
      case "prepare":
        return this.#activate(this.#columns.get(command.key) ?? this.#active);
      case "look":
        [this.#keep, this.#span] = [command.keep, command.span];
    }
  }

  /** Does, portion by portion, what `result` needs. */
  *prepare(): Generator<void> {
    const sections = this.#sections;
    if (sections && !sections.rows) yield* sections.deal(this.#order);
    this.#index ??= new SliceIndex(this.rowCount, this.#active, this.#columns.values());
    const counted = [...this.#shown(), ...this.#filtered()].map(([, column]) => column);
    yield* this.#index.build(counted, this.#rows, sections);
    if (this.#plane) yield* this.#plane.index.build(this.#active, this.#columns);
  }

  /** The result with the rows on the screen, once `prepare` is through. */
  result(): Result {
    const slice = this.#slice();
    return this.#result(slice, slice.around(this.#keep, this.#span));
  }

  /** The result with all rows, portion by portion. */
  *fullResult(): Generator<void, Result> {
    const slice = this.#slice();
    return this.#result(slice, yield* slice.all());
  }

  /** What is to be prepared for a query to be answered; null when nothing is. */
  lacks(query: Query): Command | null {
    if (query.ask !== "near") return null;
    const column = this.#columns.get(query.keys[0]);
    return column && column !== this.#active ? { do: "prepare", key: query.keys[0] } : null;
  }

  /** The rows that a query asks for, once nothing is lacking and `prepare` is through. */
  answer(query: Query): Uint32Array {
    if (query.ask === "among") return this.#slice().among(query.rows);
    if (query.ask === "section") {
      const isThere = this.#sections && query.code < this.#sections.codeCount;
      return isThere ? this.#slice().rowsOf(query.code) : new Uint32Array(0);
    }
    if (query.ask === "cells") {
      const isSame = this.#plane?.id === query.plane;
      return isSame ? this.#plane!.index.rowsOf(query.cells, query.count) : new Uint32Array(0);
    }
    const [column, aside] = query.keys.map((key) => this.#columns.get(key));
    if (!column || column !== this.#index!.active) return new Uint32Array(0);
    return this.#index!.near(query.codes, query.count, aside);
  }

  #result(slice: Slice, list: RowList): Result {
    const histograms = this.#shown().map(
      ([key, column]) => [key, slice.histogram(column)] as const,
    );
    const without = this.#filtered().map(
      ([key, column]) => [key, slice.countWithout(column)] as const,
    );
    return {
      version: this.version,
      count: slice.count,
      shown: slice.shown,
      sections: slice.sections,
      without: new Map(without),
      histograms: new Map(histograms),
      plane: this.#plane && this.#plane.index.counts,
      list,
    };
  }

  #slice(): Slice {
    const [sections, arrangement] = [this.#sections, this.#arrangement];
    return new Slice(this.#index!, { order: this.#rows, sections, arrangement });
  }

  /** The rows as they follow each other; null as in the dataset. */
  get #rows(): Uint32Array | null {
    return this.#sections ? this.#sections.rows : this.#order;
  }

  #column(key: string): IndexedColumn {
    const column = this.#columns.get(key);
    if (!column) throw new RangeError(`no column "${key}"`);
    return column;
  }

  /** The columns whose histograms are of interest. */
  #shown(): [string, IndexedColumn][] {
    return [...this.#columns].filter(([key]) => this.#wanted.has(key));
  }

  #filtered(): [string, IndexedColumn][] {
    return [...this.#columns].filter(([, { passes }]) => passes);
  }

  #setColumn(key: string, column: CodeColumn | null): void {
    const old = this.#columns.get(key);
    if (column && column.codes.length !== this.rowCount) {
      throw new RangeError(`"${key}" has ${column.codes.length} codes for ${this.rowCount} rows`);
    }
    if (column) this.#columns.set(key, new IndexedColumn(column));
    else this.#columns.delete(key);
    if (!old) return;
    if (this.#plane?.index.uses(key)) this.#plane = null;
    if (old === this.#active) this.#active = null;
    if (old.passes || old === this.#index?.active) this.#index = null;
    this.#index?.forget(old);
  }

  #setSections(given: Sections | SectionsOf | null): void {
    const sections = given && "column" in given ? this.#sectionsOf(given) : given;
    if (sections && sections.codes.length !== this.rowCount) {
      throw new RangeError(`${sections.codes.length} codes of sections for ${this.rowCount} rows`);
    }
    this.#sections = sections && new SectionedOrder(sections);
    this.#index?.forgetSections();
    this.#index?.forgetOrder();
  }

  #sectionsOf({ column, sectionOf, codeCount }: SectionsOf): Sections {
    const { codes } = this.#column(column);
    const sections = { codes: new Uint16Array(codes.length), codeCount };
    recode(sections.codes, codes, sectionOf);
    return sections;
  }

  #setPlane(plane: Plane | null): void {
    const isThere = plane && [plane.x, plane.y].every(({ key }) => this.#columns.has(key));
    this.#plane = isThere ? { id: plane.id, index: new PlaneIndex(plane, this.rowCount) } : null;
  }

  #setBins(key: string, coding: Coding): void {
    const column = this.#column(key);
    column.setBins(coding);
    this.#index?.forget(column);
  }

  #setFilter(key: string, passes: Uint8Array | null): void {
    const column = this.#column(key);
    if (passes && passes.length !== column.all.length) {
      const codes = column.all.length;
      throw new RangeError(`"${key}" has ${codes} codes, its filter ${passes.length}`);
    }
    if (!passes && !column.passes) return;
    this.#activate(column);
    column.passes = passes?.slice() ?? null;
  }

  /** The index holds under any filter of its active view. */
  #activate(column: IndexedColumn | null): void {
    if (column !== this.#active) this.#index = null;
    this.#active = column;
  }
}
