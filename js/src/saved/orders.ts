/** Orders of the rows of a saved page; twin of `src/framegrid/grid/answers/orders.py`. */

import type { Sort } from "../protocol";
import { compare } from "../values/order";
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
