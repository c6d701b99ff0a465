/** What an index says of one position of a filter: count, histograms, rows. */

import { everyRow } from "./results";
import type { IndexedColumn, Run, SliceIndex } from "./sliceindex";
import type { ColumnHistogram, RowList } from "./types";

/** Rows that are gone through at a time. */
const PORTION = 2 ** 20;

/** An index under one position of the active view's filter. */
export class Slice {
  /** Rows that pass every filter. */
  readonly count: number;
  readonly #index: SliceIndex;
  readonly #order: Uint32Array | null;
  /** What passes by slot. */
  readonly #passes: Uint8Array;
  readonly #runs: Run[];
  readonly #byBlock: Uint32Array;

  constructor(index: SliceIndex, order: Uint32Array | null) {
    this.#index = index;
    this.#order = order;
    this.#passes = index.passing(index.active?.passes ?? null);
    this.#runs = runsOf(this.#passes);
    this.#byBlock = index.blocks(this.#runs);
    this.count = sum(this.#byBlock);
  }

  histogram(column: IndexedColumn): ColumnHistogram {
    return column.histogram(this.#index.bins(column, this.#runs));
  }

  /** How many rows pass all filters but this column's. */
  countWithout(column: IndexedColumn): number {
    return sum(this.#index.bins(column, this.#runs));
  }

  /** The rows around the first of `keep` that passes, or else the first ones: `span` either way. */
  around(keep: readonly number[], span: number): RowList {
    if (this.#isEverything) return everyRow();
    const places = new Map<number, number>();
    for (const row of keep) {
      places.set(row, this.#placeOf(row));
      if (places.get(row)! >= 0) break;
    }
    const place = Math.max(0, ...places.values());
    const first = Math.max(0, Math.min(place, this.count - span) - span);
    const rows = this.#between(first, Math.min(this.count, place + 2 * span));
    return { first, rows, ascending: !this.#order, places };
  }

  /** All rows that pass, portion by portion. */
  *all(): Generator<void, RowList> {
    if (this.#isEverything) return everyRow();
    const rows = new Uint32Array(this.count + 1);
    let length = 0;
    for (let place = 0; place < this.#index.rowCount; place += PORTION) {
      if (place) yield;
      const stop = Math.min(this.#index.rowCount, place + PORTION);
      length = this.#select(rows, length, place, stop);
    }
    const ascending = !this.#order;
    return { first: 0, rows: rows.subarray(0, length), ascending, places: new Map() };
  }

  get #isEverything(): boolean {
    return !this.#order && this.count === this.#index.rowCount;
  }

  /** Those of the rows that pass which are number `first` up to, not including, `last`. */
  #between(first: number, last: number): Uint32Array {
    const { blockBits, rowCount } = this.#index;
    let block = 0;
    let before = 0;
    while (before + this.#byBlock[block] <= first) before += this.#byBlock[block++];
    const start = block << blockBits;
    let passed = before;
    while (passed < last) passed += this.#byBlock[block++];
    const rows = new Uint32Array(passed - before + 1);
    this.#select(rows, 0, start, Math.min(rowCount, block << blockBits));
    return rows.slice(first - before, last - before);
  }

  #placeOf(row: number): number {
    const { slots, blockBits } = this.#index;
    if (!this.#passes[slots[row]]) return -1;
    const rank = this.#order ? this.#order.indexOf(row) : row;
    const block = rank >>> blockBits;
    const before = sum(this.#byBlock.subarray(0, block));
    const rows = new Uint32Array(this.#byBlock[block] + 1);
    return before + this.#select(rows, 0, block << blockBits, rank);
  }

  #select(out: Uint32Array, length: number, start: number, stop: number): number {
    const { slots } = this.#index;
    return this.#order
      ? selectInOrder(out, length, slots, this.#passes, start, stop, this.#order)
      : select(out, length, slots, this.#passes, start, stop);
  }
}

/** Runs of slots that pass; none begins at slot 0. */
function runsOf(passes: Uint8Array): Run[] {
  const runs: Run[] = [];
  for (let slot = 1; slot < passes.length; slot++) {
    const first = slot;
    while (passes[slot]) slot++;
    if (slot > first) runs.push([first, slot - 1]);
  }
  return runs;
}

const sum = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * Writes the rows from `start` up to `stop` whose slot passes into `out` from `length` on, which
 * has room for one more; returns the new length.
 */
function select(
  out: Uint32Array,
  length: number,
  slots: Uint16Array,
  passes: Uint8Array,
  start: number,
  stop: number,
): number {
  for (let row = start; row < stop; row++) {
    out[length] = row;
    length += passes[slots[row]];
  }
  return length;
}

/** The same for places of an order. */
function selectInOrder(
  out: Uint32Array,
  length: number,
  slots: Uint16Array,
  passes: Uint8Array,
  start: number,
  stop: number,
  order: Uint32Array,
): number {
  for (let place = start; place < stop; place++) {
    out[length] = order[place];
    length += passes[slots[order[place]]];
  }
  return length;
}
