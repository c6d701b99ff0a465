/** What is known of the samples under the filters and the sort of one moment, and how it is read. */

import { findSorted } from "../values/search";
import type { Result, RowList } from "./types";

/** All rows pass and no column is here. */
export function everything(rowCount: number): Result {
  return {
    version: 0,
    count: rowCount,
    shown: rowCount,
    sections: null,
    without: new Map(),
    histograms: new Map(),
    plane: null,
    list: everyRow(),
  };
}

/** All rows of the dataset in their order. */
export function everyRow(): RowList {
  return { first: 0, rows: null, ascending: true, places: new Map() };
}

/** Whether every row that has a place is in the list. */
export function isComplete({ shown, list }: Result): boolean {
  return list.rows === null || list.rows.length === shown;
}

/** The row at a place of the display order; -1 where it is not known or there is none. */
export function rowAt({ shown, list: { first, rows } }: Result, place: number): number {
  if (place < 0 || place >= shown) return -1;
  return rows ? (rows[place - first] ?? -1) : place;
}

/** The place of a row in the display order; -1 when it has none or is not in the list. */
export function placeOf({ list }: Result, row: number): number {
  if (!list.rows) return row;
  let place = list.places.get(row);
  if (place === undefined) {
    const index = list.ascending ? findSorted(list.rows, row) : list.rows.indexOf(row);
    place = index < 0 ? -1 : list.first + index;
    list.places.set(row, place);
  }
  return place;
}
