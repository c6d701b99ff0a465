/** What an index says of one position of a filter: count, histograms, sections, rows. */

import { select, selectInOrder } from "./loops";
import { everyRow } from "./results";
import { arrange, type SectionedOrder, sectionAt, startsOf } from "./sections";
import type { IndexedColumn, SliceIndex } from "./sliceindex";
import { type Run, runsOf } from "./slottable";
import type { Arrangement, ColumnHistogram, RowList, SectionList } from "./types";

/** Rows that are gone through at a time. */
const PORTION = 2 ** 17;

/** How rows are shown. */
export interface DisplayOrder {
  /** Null is that of the dataset; of sections, that of their rows. */
  order: Uint32Array | null;
  sections: SectionedOrder | null;
  arrangement: Arrangement;
}

/** Places of an order, of which not more than `most` rows are wanted. */
interface Stretch {
  start: number;
  stop: number;
  most: number;
}

/** An index under one position of the active view's filter. */
export class Slice {
  /** Rows that pass every filter, and those of them that have a place. */
  readonly count: number;
  readonly shown: number;
  readonly sections: SectionList | null = null;
  readonly #index: SliceIndex;
  readonly #display: DisplayOrder;
  readonly #runs: Run[];
  readonly #rows: PassingRows;
  /** By section, how many rows pass that stand before it in the order. */
  readonly #before: Uint32Array = new Uint32Array(0);

  constructor(index: SliceIndex, display: DisplayOrder) {
    [this.#index, this.#display] = [index, display];
    const passes = index.passing(index.active?.passes ?? null);
    this.#runs = runsOf(passes);
    this.#rows = new PassingRows(index, display.order, passes, index.blocks(this.#runs));
    this.count = this.shown = this.#rows.count;
    if (!display.sections) return;
    const byCode = index.sections(display.sections, this.#runs, passes);
    this.#before = startsOf(byCode);
    ({ list: this.sections, shown: this.shown } = arrange(byCode, display.arrangement));
  }

  histogram(column: IndexedColumn): ColumnHistogram {
    return column.histogram(this.#index.bins(column, this.#runs));
  }

  /** How many rows pass all filters but this column's. */
  countWithout(column: IndexedColumn): number {
    return sum(this.#index.bins(column, this.#runs));
  }

  /** The rows around the first of `keep` that has a place, or else the first: `span` either way. */
  around(keep: readonly number[], span: number): RowList {
    if (this.#isEverything) return everyRow();
    const places = new Map<number, number>();
    for (const row of keep) {
      places.set(row, this.#placeOf(row));
      if (places.get(row)! >= 0) break;
    }
    const place = Math.max(0, ...places.values());
    const first = Math.max(0, Math.min(place, this.shown - span) - span);
    const rows = this.#between(first, Math.min(this.shown, place + 2 * span));
    return { first, rows, ascending: !this.#display.order, places };
  }

  /** All rows that have a place, portion by portion. */
  *all(): Generator<void, RowList> {
    if (this.#isEverything) return everyRow();
    const rows = new Uint32Array(this.shown + 1);
    let [length, portion] = [0, 0];
    for (const { start, stop, most } of this.#stretches()) {
      if ((portion += stop - start) > PORTION) {
        portion = 0;
        yield;
      }
      length = this.#take(rows, length, start, stop, most);
    }
    const ascending = !this.#display.order;
    return { first: 0, rows: rows.subarray(0, length), ascending, places: new Map() };
  }

  /** The rows of a section that pass, those too that have no place. */
  rowsOf(code: number): Uint32Array {
    const { begins } = this.#display.sections!;
    const rows = new Uint32Array(begins[code + 1] - begins[code] + 1);
    return rows.slice(0, this.#rows.select(rows, 0, begins[code], begins[code + 1]));
  }

  /** Those of some rows that pass. */
  among(rows: Uint32Array): Uint32Array {
    return rows.filter((row) => this.#rows.has(row));
  }

  get #isEverything(): boolean {
    return !this.#display.order && this.count === this.#index.rowCount;
  }

  /** Rows at places from `first` up to, not including, `last`. */
  #between(first: number, last: number): Uint32Array {
    if (!this.sections) return this.#rows.between(first, last);
    const { codes, starts, shown } = this.sections;
    const rows = new Uint32Array(last - first);
    for (let i = sectionAt(this.sections, first), place = first; place < last; i++) {
      // Sections that follow each other in the order are read as one.
      const rank = this.#before[codes[i]] + place - starts[i];
      let stop = starts[i] + shown[i];
      while (stop < last && this.#before[codes[i + 1]] === rank + stop - place) stop += shown[++i];
      stop = Math.min(stop, last);
      if (stop > place) rows.set(this.#rows.between(rank, rank + stop - place), place - first);
      place = Math.max(place, stop);
    }
    return rows;
  }

  #placeOf(row: number): number {
    if (!this.#rows.has(row)) return -1;
    const { order, sections } = this.#display;
    if (!sections) return this.#rows.before(order ? order.indexOf(row) : row);
    const code = sections.codes[row];
    const [begin, end] = sections.begins.subarray(code, code + 2);
    const place = begin + order!.subarray(begin, end).indexOf(row);
    const rank = this.#rows.before(place) - this.#before[code];
    const { codes, starts, shown } = this.sections!;
    const section = codes.indexOf(code);
    return rank < shown[section] ? starts[section] + rank : -1;
  }

  /** Where the rows that have a place are in the order. */
  *#stretches(): Generator<Stretch> {
    if (!this.sections) return yield* portions(0, this.#index.rowCount);
    const { codes, counts, shown } = this.sections;
    const { begins } = this.#display.sections!;
    for (let i = 0; i < codes.length; i++) {
      const [start, stop] = [begins[codes[i]], begins[codes[i] + 1]];
      if (shown[i] === counts[i]) yield* portions(start, stop);
      else if (shown[i]) yield { start, stop, most: shown[i] };
    }
  }

  /** Writes the first `most` rows that pass between two places of the order; the new length. */
  #take(out: Uint32Array, length: number, start: number, stop: number, most: number): number {
    if (most === Infinity) return this.#rows.select(out, length, start, stop);
    const rows = new Uint32Array(stop - start + 1);
    this.#rows.select(rows, 0, start, stop);
    out.set(rows.subarray(0, most), length);
    return length + most;
  }
}

/** The rows that pass, by their number in an order: found by blocks, not by going through all. */
class PassingRows {
  readonly count: number;
  readonly #index: SliceIndex;
  readonly #order: Uint32Array | null;
  /** What passes by slot, and how many rows pass by block of the order. */
  readonly #passes: Uint8Array;
  readonly #byBlock: Uint32Array;

  /** @param order that of the index's blocks */
  constructor(
    index: SliceIndex,
    order: Uint32Array | null,
    passes: Uint8Array,
    byBlock: Uint32Array,
  ) {
    [this.#index, this.#order] = [index, order];
    [this.#passes, this.#byBlock] = [passes, byBlock];
    this.count = sum(byBlock);
  }

  has(row: number): boolean {
    return this.#passes[this.#index.slots[row]] > 0;
  }

  /** Those from number `first` up to, not including, `last`. */
  between(first: number, last: number): Uint32Array {
    const { blockBits, rowCount } = this.#index;
    let block = 0;
    let before = 0;
    while (before + this.#byBlock[block] <= first) before += this.#byBlock[block++];
    const start = block << blockBits;
    let passed = before;
    while (passed < last) passed += this.#byBlock[block++];
    const rows = new Uint32Array(passed - before + 1);
    this.select(rows, 0, start, Math.min(rowCount, block << blockBits));
    return rows.slice(first - before, last - before);
  }

  /** How many stand before a place of the order. */
  before(place: number): number {
    const { blockBits } = this.#index;
    const block = place >>> blockBits;
    const before = sum(this.#byBlock.subarray(0, block));
    const rows = new Uint32Array(this.#byBlock[block] + 1);
    return before + this.select(rows, 0, block << blockBits, place);
  }

  /**
   * Writes those between two places of the order into `out` from `length` on, which has room for
   * one more; returns the new length.
   */
  select(out: Uint32Array, length: number, start: number, stop: number): number {
    const { slots } = this.#index;
    return this.#order
      ? selectInOrder(out, length, slots, this.#passes, start, stop, this.#order)
      : select(out, length, slots, this.#passes, start, stop);
  }
}

function* portions(start: number, stop: number): Generator<Stretch> {
  for (let at = start; at < stop; at += PORTION) {
    yield { start: at, stop: Math.min(stop, at + PORTION), most: Infinity };
  }
}

const sum = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);
