/** Counts of rows by two columns at once, the plane: of those that pass every filter but theirs. */

import { countAlive, countCells, countPassingCells, joinCells, shutOut } from "./loops";
import type { IndexedColumn } from "./sliceindex";
import { passingSlots, runsOf, slotsOf, SlotTable } from "./slottable";
import type { Plane, PlaneCounts } from "./types";

/** Stands where a cell has no more rows. */
export const NO_ROW = 2 ** 32 - 1;

/** So many numbers a table may have in any case, and as many as there are rows. */
const TABLE_NUMBERS = 2 ** 21;

/** A column with its filter by code. */
type Filtered = [column: IndexedColumn, passes: Uint8Array];

/**
 * The cell of each row, and counts for every position of the filter that moves: made when another
 * one moves, as the slice index is, but not for the filters aside, which shut no row out.
 */
export class PlaneIndex {
  readonly #plane: Plane;
  readonly #cellCount: number;
  readonly #alive: Uint8Array;
  #cells: Uint16Array | null = null;
  /** The column whose filter moves; null where none does, or one of those aside. */
  #moving: IndexedColumn | null = null;
  /** The other columns with a filter, with it, and how many are taken into account in `#alive`. */
  #others: Filtered[] = [];
  #taken = -1;
  /** What is counted, by slot of the moving column where there is one and the table is not too large. */
  #slotOf: Uint16Array = new Uint16Array(0);
  #table: SlotTable | null = null;
  /** Counts of one position of the filter. */
  #counts: { passes: Uint8Array | null; counts: Uint32Array } | null = null;

  constructor(plane: Plane, rowCount: number) {
    this.#plane = plane;
    this.#cellCount = plane.x.binCount * plane.y.binCount;
    this.#alive = new Uint8Array(rowCount);
  }

  /** Whether it is made of a column. */
  uses(key: string): boolean {
    return this.#plane.x.key === key || this.#plane.y.key === key;
  }

  /** Counts, portion by portion, what is not yet counted; may be broken off and begun again. */
  *build(
    active: IndexedColumn | null,
    columns: ReadonlyMap<string, IndexedColumn>,
  ): Generator<void> {
    const { x, y } = this.#plane;
    this.#begin(active, columns);
    if (!this.#cells) {
      const [xs, ys] = [columns.get(x.key)!, columns.get(y.key)!];
      const begins = x.bins.map((bin) => bin * y.binCount);
      this.#cells = new Uint16Array(this.#alive.length);
      joinCells(this.#cells, xs.codes, begins, ys.codes, y.bins);
      yield;
    }
    while (this.#taken < this.#others.length) {
      const [{ codes }, passes] = this.#others[this.#taken++];
      shutOut(this.#alive, codes, passes);
      yield;
    }
    if (this.#moving && !this.#table && this.#isTabled) {
      this.#table = this.#tabled(this.#moving, this.#cells);
      yield;
    }
  }

  /** By cell, once `build` is through; those of one bin of x follow each other. */
  get counts(): PlaneCounts {
    const passes = this.#moving?.passes ?? null;
    if (!this.#counts || this.#counts.passes !== passes) {
      this.#counts = { passes, counts: this.#counted(passes) };
    }
    return { id: this.#plane.id, counts: this.#counts.counts };
  }

  /**
   * At most `count` rows of each of these cells, the first ones: so many places for each cell,
   * `NO_ROW` where there are no more.
   */
  rowsOf(wanted: Uint16Array, count: number): Uint32Array {
    const [cells, alive, moving] = [this.#cells!, this.#alive, this.#moving];
    const rows = new Uint32Array(wanted.length * count).fill(NO_ROW);
    const next = new Int32Array(this.#cellCount).fill(-1);
    wanted.forEach((cell, i) => (next[cell] = i * count));
    let lacking = rows.length;
    for (let row = 0; row < cells.length && lacking; row++) {
      const place = next[cells[row]];
      if (place < 0 || !alive[row] || moving?.passes?.[moving.codes[row]] === 0) continue;
      rows[place] = row;
      next[cells[row]] = (place + 1) % count ? place + 1 : -1;
      lacking--;
    }
    return rows;
  }

  #begin(active: IndexedColumn | null, columns: ReadonlyMap<string, IndexedColumn>): void {
    const aside = new Set(this.#plane.aside.map((key) => columns.get(key)));
    const moving = active && !aside.has(active) ? active : null;
    const others: Filtered[] = [];
    for (const column of columns.values()) {
      if (column.passes && column !== moving && !aside.has(column)) {
        others.push([column, column.passes]);
      }
    }
    const isKnown = this.#others.every(([column, passes], i) => {
      return others[i]?.[0] === column && others[i][1] === passes;
    });
    const isSame = this.#taken >= 0 && isKnown && others.length === this.#others.length;
    if (isSame && moving === this.#moving) return;
    [this.#table, this.#counts, this.#moving] = [null, null, moving];
    if (isSame) return;
    [this.#others, this.#taken] = [others, 0];
    this.#alive.fill(1);
  }

  /** A larger table takes longer than it saves: then each position of the filter counts rows. */
  get #isTabled(): boolean {
    const { slotCount } = slotsOf(this.#moving!.all);
    const numbers = (slotCount + 1) * this.#cellCount;
    return numbers <= Math.max(TABLE_NUMBERS, this.#alive.length);
  }

  #tabled({ codes, all }: IndexedColumn, cells: Uint16Array): SlotTable {
    const { slotOf, slotCount } = slotsOf(all);
    this.#slotOf = slotOf;
    const counts = new Uint32Array((slotCount + 1) * this.#cellCount);
    countCells(counts, this.#cellCount, codes, this.#slotOf, this.#alive, cells);
    return new SlotTable(counts, this.#cellCount);
  }

  #counted(passes: Uint8Array | null): Uint32Array {
    const counts = new Uint32Array(this.#cellCount);
    if (this.#table) {
      const slotCount = this.#table.counts.length / this.#cellCount - 1;
      return this.#table.sum(runsOf(passingSlots(this.#slotOf, slotCount, passes)));
    }
    if (passes) countPassingCells(counts, this.#moving!.codes, passes, this.#alive, this.#cells!);
    else countAlive(counts, this.#alive, this.#cells!);
    return counts;
  }
}
