/** The filters in force: those that are wanted, as far as the engine can be told them. */

import type { EngineArray } from "./types";
import type { KeyColumn } from "../engine/codecolumns";
import type { CodeColumn, Command, Engine } from "../engine/types";
import type { Condition } from "../protocol";
import { type Filters, isSame } from "../values/conditions";
import type { SampleIds } from "../values/ids";
import type { SampleSet } from "../values/sampleset";

// The samples that were chosen are a filter, too.
export const ROWS = "\u0000rows";
// A filter that the kernel evaluated is a column of its own; no key contains a control character.
const MASK = "\u0000mask:";
const MASK_CODING = { codeCount: 2, bins: new Uint8Array(2), binCount: 1 };

/** The column of the mask of a key's filter. */
export function maskOf(key: string): string {
  return MASK + key;
}

export class FiltersInForce {
  readonly #engine: Engine;
  readonly #columns: ReadonlyMap<string, KeyColumn>;
  /** The filters that the engine applies. */
  readonly #inForce = new Map<string, Condition>();
  /** The conditions that the masks are of; those of which there can be none, and why. */
  readonly #masks = new Map<string, Condition>();
  readonly #hopeless = new Map<string, { condition: Condition; message: string }>();
  /** The filters that are to be applied. */
  wanted: Filters = new Map();
  #rows: SampleSet | null = null;

  /** @param columns those that the engine has, as they come and go */
  constructor(engine: Engine, columns: ReadonlyMap<string, KeyColumn>) {
    this.#engine = engine;
    this.#columns = columns;
  }

  get filters(): Filters {
    return this.#inForce;
  }

  /**
   * Brings the engine to filters as far as what is here can say them, the others stay as before:
   * whether that is all.
   */
  apply(wanted: Filters): boolean {
    this.wanted = wanted;
    const commands = this.commands();
    if (commands.length) this.#engine.send(...commands);
    return this.isAll;
  }

  /** What the engine is to be told for the wanted filters, which are in force with it. */
  commands(): Command[] {
    const commands: Command[] = [];
    for (const key of [...this.#inForce.keys()]) {
      if (!this.wanted.has(key)) commands.push(...this.#remove(key));
    }
    for (const [key, condition] of this.wanted) {
      if (!isSame(this.#inForce.get(key), condition)) commands.push(...this.#set(key, condition));
    }
    return commands;
  }

  /** Whether all wanted filters are in force. */
  get isAll(): boolean {
    return [...this.wanted].every(([key, condition]) => isSame(this.#inForce.get(key), condition));
  }

  /** Those of some filters for which what is here does not do. */
  lacking(filters: Filters): [string, Condition][] {
    return [...filters].filter(
      ([key, condition]) =>
        !isSame(this.#inForce.get(key), condition) && !this.#isTold(key, condition),
    );
  }

  #isTold(key: string, condition: Condition): boolean {
    const others = [this.#masks.get(key), this.#hopeless.get(key)?.condition];
    return others.some((told) => isSame(told, condition)) || !!this.#lookup(key, condition);
  }

  /** Lets only these samples pass; null is all. */
  choose(rows: SampleSet | null, ids: SampleIds): Command[] {
    if (rows === this.#rows) return [];
    this.#rows = rows;
    if (!rows) return [{ do: "column", key: ROWS, column: null }];
    return [
      { do: "column", key: ROWS, column: { ...MASK_CODING, codes: rows.among(ids) } },
      { do: "filter", key: ROWS, passes: Uint8Array.of(0, 1) },
    ];
  }

  /** Why nobody can tell what passes the filter of a key. */
  problemOf(key: string): string | undefined {
    return this.#hopeless.get(key)?.message;
  }

  /** The masks that wanted filters stand on. */
  get masks(): (EngineArray & { of: "mask" })[] {
    return [...this.#masks]
      .filter(([key, condition]) => isSame(this.wanted.get(key), condition))
      .filter(([key, condition]) => !this.#lookup(key, condition))
      .map(([key, condition]) => ({ of: "mask", key, condition }));
  }

  /** Takes the mask of a condition, by row whether it passes. */
  mask(key: string, condition: Condition, codes: CodeColumn["codes"]): Command[] {
    this.#masks.set(key, condition);
    this.#inForce.delete(key);
    return [{ do: "column", key: maskOf(key), column: { ...MASK_CODING, codes } }];
  }

  /** Gives up a condition for which there can be no mask. */
  giveUp(key: string, condition: Condition, message: string): void {
    this.#hopeless.set(key, { condition, message });
  }

  /** To be called when the column of a key is another one or gone: its filter went with it. */
  lose(key: string): void {
    if (!this.#masks.has(key)) this.#inForce.delete(key);
  }

  /** Forgets what is known of keys whose values are others. */
  forget(changed: (key: string) => boolean): Command[] {
    for (const key of [...this.#hopeless.keys()].filter(changed)) this.#hopeless.delete(key);
    return [...this.#masks.keys()].filter(changed).flatMap((key) => this.#unmask(key));
  }

  #set(key: string, condition: Condition): Command[] {
    const passes = this.#lookup(key, condition);
    const isMasked = !passes && isSame(this.#masks.get(key), condition);
    const isHopeless = isSame(this.#hopeless.get(key)?.condition, condition);
    if (!passes && !isMasked && !isHopeless) return [];
    if (!isHopeless) this.#hopeless.delete(key);
    const commands: Command[] = isMasked ? [] : this.#unmask(key);
    this.#inForce.set(key, condition);
    if (this.#columns.has(key)) commands.push({ do: "filter", key, passes });
    if (isMasked) commands.push({ do: "filter", key: maskOf(key), passes: Uint8Array.of(0, 1) });
    return commands;
  }

  #remove(key: string): Command[] {
    this.#inForce.delete(key);
    this.#hopeless.delete(key);
    const commands = this.#unmask(key);
    if (this.#columns.has(key)) commands.push({ do: "filter", key, passes: null });
    return commands;
  }

  #unmask(key: string): Command[] {
    if (!this.#masks.delete(key)) return [];
    if (!this.#lookup(key, this.#inForce.get(key))) this.#inForce.delete(key);
    return [{ do: "column", key: maskOf(key), column: null }];
  }

  /** What passes by code; null where the codes cannot tell, or something about the key is odd. */
  #lookup(key: string, condition: Condition | undefined): Uint8Array | null {
    return attempt(() => (condition && this.#columns.get(key)?.lookup(condition)) ?? null, null);
  }
}

/** What goes wrong with one key is the kernel's to answer, or to tell. */
export function attempt<Result>(action: () => Result, otherwise: Result): Result {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
