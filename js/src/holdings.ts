/** What a collection holds: columns, filters and order, as commands for the engine. */

import type { PulledArray } from "./arrays";
import { columnOf, type FilterColumn, RangeColumn } from "./columns";
import type { Command } from "./crossfilter";
import type { Codes } from "./loops";
import type { ArraySpec, CodesHeader, Condition, Description, Filters } from "./protocol";
import { parseSort } from "./sort";

/** An array that the engine works with. */
export type EngineArray = Exclude<ArraySpec, { of: "ids" }>;

// A filter that the kernel evaluated is a column of its own; no key contains a control character.
const MASK = "\u0000mask:";
const MASK_BINS = new Uint8Array(2);

/** The column of the mask of a key's filter. */
export function maskOf(key: string): string {
  return MASK + key;
}

/** Whether a key has the same values in two descriptions; `sample_id` tells of the rows. */
export function isSame(a: Description, b: Description, key: string): boolean {
  const version = a.versions[key];
  return a.revision === b.revision || (version !== undefined && version === b.versions[key]);
}

/** The key that an array is made of; an expression, which has none, may be made of any. */
export function keyOf(spec: EngineArray): string {
  return spec.of === "order" ? parseSort(spec.sort).key : spec.key;
}

export class Holdings {
  readonly columns = new Map<string, FilterColumn>();
  /** The filters and the sort in force. */
  filters: Filters = {};
  sort = "";
  /** The latest of each key, which has what the user set and no filter carries. */
  readonly #latest = new Map<string, FilterColumn>();

  /** Keeps what the user set and no filter carries. */
  inheritSettings(previous: Holdings): void {
    for (const [key, column] of previous.#latest) this.#latest.set(key, column);
  }

  /** Takes an array that was pulled. */
  put(spec: EngineArray, { header, data }: PulledArray): Command[] {
    switch (spec.of) {
      case "order":
        return [{ do: "order", order: data as Uint32Array }];
      case "mask": {
        const mask = { codes: data as Codes, codeCount: 2, bins: MASK_BINS, binCount: 1 };
        return [{ do: "column", key: maskOf(spec.key), column: mask }];
      }
      case "codes": {
        const column = this.#asBefore(spec.key, columnOf(header as CodesHeader));
        this.setColumn(spec.key, column);
        const codes = { ...column.coding, codes: data as Codes };
        return [{ do: "column", key: spec.key, column: codes }];
      }
    }
  }

  setColumn(key: string, column: FilterColumn): void {
    this.columns.set(key, column);
    this.#latest.set(key, column);
  }

  /** Sets a condition that what is held can express, or removes one. */
  setFilter(key: string, condition: Condition | null): Command[] {
    const column = this.columns.get(key);
    const { [key]: _, ...others } = this.filters;
    this.filters = condition ? { ...others, [key]: condition } : others;
    const passes = (condition && column?.lookup(condition)) ?? null;
    const masked = condition !== null && passes === null;
    const commands: Command[] = column ? [{ do: "filter", key, passes }] : [];
    if (masked) commands.push({ do: "filter", key: maskOf(key), passes: Uint8Array.of(0, 1) });
    else commands.push({ do: "column", key: maskOf(key), column: null });
    return commands;
  }

  /** What a condition needs beyond the codes that are held: extra edges, or a mask. */
  lacking(key: string, condition: Condition): EngineArray | null {
    const column = this.columns.get(key);
    if (column instanceof RangeColumn && column.extraEdges(condition).length) {
      return { of: "codes", key, extra: column.extraEdges(condition) };
    }
    return column?.lookup(condition) ? null : { of: "mask", key, condition };
  }

  /** The arrays that are held, as a description has them; of columns those that are `wanted`. */
  needed({ columns, versions }: Description, wanted: readonly string[]): EngineArray[] {
    const specs: EngineArray[] = [];
    for (const { key, kind } of columns) {
      const [column, condition] = [this.columns.get(key), this.filters[key]];
      if (!column || kind === "other" || !(condition || wanted.includes(key))) continue;
      const isBounded = condition && column instanceof RangeColumn;
      specs.push({ of: "codes", key, extra: isBounded ? column.bounds(condition) : [] });
    }
    for (const [key, condition] of Object.entries(this.filters)) {
      const isThere = key === "" || key in versions;
      const masked = isThere && !this.columns.get(key)?.lookup(condition);
      if (masked) specs.push({ of: "mask", key, condition });
    }
    if (parseSort(this.sort).key in versions) specs.push({ of: "order", sort: this.sort });
    return specs;
  }

  /**
   * Replaces what is outdated; what was not pulled for it goes. `changed` tells of which keys the
   * values are others.
   */
  renew(arrays: [EngineArray, PulledArray][], changed: (key: string) => boolean): Command[] {
    const keysOf = (kind: EngineArray["of"]): Set<string> =>
      new Set(arrays.flatMap(([spec]) => (spec.of === kind ? keyOf(spec) : [])));
    const [coded, masked] = [keysOf("codes"), keysOf("mask")];
    const gone = [...this.columns.keys()].filter((key) => changed(key) && !coded.has(key));
    for (const key of gone) this.columns.delete(key);
    const commands = gone.map((key): Command => ({ do: "column", key, column: null }));
    commands.push(...arrays.flatMap(([spec, array]) => this.put(spec, array)));
    for (const [key, condition] of Object.entries(this.filters)) {
      if (!changed(key)) continue;
      const isApt = masked.has(key) || this.columns.get(key)?.lookup(condition);
      commands.push(...this.setFilter(key, isApt ? condition : null));
    }
    return commands;
  }

  #asBefore(key: string, column: FilterColumn): FilterColumn {
    const old = this.#latest.get(key);
    if (!(column instanceof RangeColumn && old instanceof RangeColumn)) return column;
    column.includeMissing = old.includeMissing;
    return old.scale.log ? column : column.scaled(false);
  }
}
