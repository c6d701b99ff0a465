/** How many rows have another place in a new result, the fewest that have to move. */

import type { Result } from "./types";
import { countBelow } from "../values/search";

/** Rows that are gone through at a time. */
const PORTION = 2 ** 15;

/**
 * How many rows come, go or are no longer in the same order as the others, portion by portion: all
 * but the longest sequence of rows that follow each other as before.
 */
export function* countMoved(
  before: Result,
  after: Result,
  rowCount: number,
): Generator<void, number> {
  const places = new Int32Array(rowCount).fill(-1);
  for (let place = 0; place < after.shown; place++) {
    places[rowOf(after, place)] = place;
    if (place % PORTION === PORTION - 1) yield;
  }
  // The last places of ascending sequences of each length, each the least possible.
  const ends = new Int32Array(Math.min(before.shown, after.shown));
  let [stayed, kept] = [0, 0];
  for (let was = 0; was < before.shown; was++) {
    if (was % PORTION === PORTION - 1) yield;
    const place = places[rowOf(before, was)];
    if (place < 0) continue;
    stayed++;
    const isLast = !kept || place > ends[kept - 1];
    ends[isLast ? kept++ : countBelow(ends, place, kept)] = place;
  }
  return before.shown - stayed + (after.shown - kept);
}

function rowOf({ list: { rows } }: Result, place: number): number {
  return rows ? rows[place] : place;
}
