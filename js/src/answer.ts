/** What is known of the samples under the filters and the sort of one moment. */

import { findSorted } from "./search";

/** Counts of rows by bin. */
export interface ColumnHistogram {
  all: Uint32Array;
  /** Only rows that pass every filter but the column's own. */
  matching: Uint32Array;
  /** Rows with the missing code that pass every filter but the column's own. */
  missing: number;
}

/** The rows that pass, in display order, as far as they are here. */
export interface RowList {
  /** Place of the first of `rows`. */
  first: number;
  /** Null when these are all rows of the dataset in their order. */
  rows: Uint32Array | null;
  /** Whether the display order is that of the dataset. */
  ascending: boolean;
  /** Places of some rows, -1 for those that do not pass; grows with what is asked for. */
  places: Map<number, number>;
}

/** Count, histograms and rows, all of one moment so that they never disagree. */
export interface Answer {
  /** How many of the commands that change the answer it takes into account. */
  version: number;
  /** Rows that pass every filter. */
  count: number;
  /** For each filter, how many rows pass all others. */
  without: Map<string, number>;
  /** Of the columns that were asked for and are here. */
  histograms: Map<string, ColumnHistogram>;
  list: RowList;
}

/** All rows pass and no column is here. */
export function everything(rowCount: number): Answer {
  return {
    version: 0,
    count: rowCount,
    without: new Map(),
    histograms: new Map(),
    list: everyRow(),
  };
}

/** All rows of the dataset in their order. */
export function everyRow(): RowList {
  return { first: 0, rows: null, ascending: true, places: new Map() };
}

/** Whether every row that passes is in the list. */
export function isComplete({ count, list }: Answer): boolean {
  return list.rows === null || list.rows.length === count;
}

/** The row at a place of the display order; -1 where it is not known or there is none. */
export function rowAt({ count, list: { first, rows } }: Answer, place: number): number {
  if (place < 0 || place >= count) return -1;
  return rows ? (rows[place - first] ?? -1) : place;
}

/** The place of a row in the display order; -1 when it does not pass or is not in the list. */
export function placeOf({ list }: Answer, row: number): number {
  if (!list.rows) return row;
  let place = list.places.get(row);
  if (place === undefined) {
    const index = list.ascending ? findSorted(list.rows, row) : list.rows.indexOf(row);
    place = index < 0 ? -1 : list.first + index;
    list.places.set(row, place);
  }
  return place;
}
