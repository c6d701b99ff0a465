/** Orders of the rows of a saved page; twin of `src/framegrid/grid/answers/orders.py`. */

import type { Sort } from "../protocol";
import { shuffled } from "../values/shuffled";
import { parseSort, seedOf, sortsOf } from "../values/sort";
import type { Comparable, SavedTable } from "./table";

interface SortColumn {
  values: ArrayLike<Comparable>;
  descending: boolean;
}

/** Rows in the order of a sort. */
export function order(sort: Sort, table: SavedTable): Uint32Array {
  const columns = sortsOf(sort).map((by): SortColumn => {
    const seed = seedOf(by, table.has);
    if (seed !== null) return { values: shuffled(table.ids, seed), descending: false };
    const { key, ascending } = parseSort(by);
    const values = key === "sample_id" ? table.ids : table.comparables(key);
    return { values, descending: !ascending };
  });
  return sortRows(table.ids.length, columns);
}

/** Rows by one column after the other, missing last, ties in the order of the rows. */
export function sortRows(rows: number, columns: readonly SortColumn[]): Uint32Array {
  const by = columns.map(({ values, descending }) => {
    const sign = descending ? -1 : 1;
    return (a: number, b: number): number => {
      const [x, y] = [values[a], values[b]];
      if (x === null || y === null) return Number(x === null) - Number(y === null);
      return sign * compare(x, y);
    };
  });
  return Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => {
    for (const column of by) {
      const which = column(a, b);
      if (which) return which;
    }
    return a - b;
  });
}

export function compare(x: Exclude<Comparable, null>, y: Exclude<Comparable, null>): number {
  if (typeof x === "string" && typeof y === "string") return compareText(x, y);
  return Number(x > y) - Number(x < y);
}

/** By code points, as Python compares; JavaScript's own order is by UTF-16 units. */
function compareText(x: string, y: string): number {
  const length = Math.min(x.length, y.length);
  for (let at = 0; at < length; at++) {
    if (x[at] !== y[at]) return rank(x.charCodeAt(at)) - rank(y.charCodeAt(at));
  }
  return x.length - y.length;
}

/** Surrogates stand for what lies beyond all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
