/**
 * Columns of codes, and counts for every position of one's filter: moving it reads a few of them.
 *
 * This is the index of Falcon (Moritz, Howe and Heer: "Falcon: Balancing Interactive Latency and
 * Resolution Sensitivity for Scalable Linked Visualizations", CHI 2019), also the pre-aggregation
 * of Mosaic (Heer and Moritz 2024): one index serves all positions of the active view's filter,
 * and gives the histograms of the passive views. Here a view is the filter and the histogram of a
 * column.
 */

import type { ColumnHistogram, CodeColumn, Coding, Sections } from "./types";
import {
  assignSlots,
  type Codes,
  countAll,
  countBins,
  countBlocks,
  countBlocksInOrder,
  countPassing,
  countSections,
  fail,
} from "./loops";
import { passingSlots, type Run, slotsOf, SlotTable } from "./slottable";

/** A column of codes with its filter. */
export class IndexedColumn {
  readonly codes: Codes;
  /** Rows by code. */
  readonly all: Uint32Array;
  /** Like the column's bins, but the one after `binCount` is for missing alone. */
  bins!: Uint16Array;
  /** There are no more bins than 2 to the power of this. */
  binBits!: number;
  /** The filter by code: 1 passes, 0 does not; null lets all pass. */
  passes: Uint8Array | null = null;
  #binCount!: number;
  #missingBin!: number;
  #allByBin!: Uint32Array;

  constructor({ codes, ...coding }: CodeColumn) {
    this.codes = codes;
    this.all = new Uint32Array(coding.codeCount);
    countAll(this.all, codes);
    this.setBins(coding);
  }

  setBins({ codeCount, bins, binCount }: Coding): void {
    this.bins = Uint16Array.from(bins);
    this.bins[codeCount - 1] = binCount + 1;
    this.binBits = Math.ceil(Math.log2(binCount + 2));
    this.#binCount = binCount;
    this.#missingBin = bins[codeCount - 1];
    this.#allByBin = this.binned(this.all);
  }

  /** Counts by code as counts by bin. */
  binned(byCode: Uint32Array): Uint32Array {
    const byBin = new Uint32Array(2 ** this.binBits);
    for (let code = 0; code < byCode.length; code++) byBin[this.bins[code]] += byCode[code];
    return byBin;
  }

  /** The histogram, given counts by bin of the rows that pass every other filter. */
  histogram(matching: Uint32Array): ColumnHistogram {
    return {
      all: this.#shown(this.#allByBin),
      matching: this.#shown(matching),
      missing: matching[this.#binCount + 1],
    };
  }

  /** Without the bins that are for none and for missing, unless missing is in another one too. */
  #shown(byBin: Uint32Array): Uint32Array {
    const shown = byBin.slice(0, this.#binCount);
    if (this.#missingBin < shown.length) shown[this.#missingBin] += byBin[this.#binCount + 1];
    return shown;
  }
}

/** A block has at least 2 to the power of this many rows, and their table about so many numbers. */
const MIN_BLOCK_BITS = 12;
const BLOCK_NUMBERS = 2 ** 20;
/** So many counts of sections a table may have in any case, and as many as there are rows. */
const TABLE_NUMBERS = 2 ** 21;

/**
 * The index of one column, the active view, under the filters of all others, the passive views.
 *
 * Each of its codes that occur has a slot, from 1 on; rows that another filter shuts out are in
 * slot 0. By slot and bin there is a table of counts for each passive view, and one by slot and
 * block of places in the display order, by which a row is found.
 */
export class SliceIndex {
  readonly slotCount: number;
  readonly blockBits: number;
  readonly blockCount: number;
  /** Slot by row. */
  readonly slots: Uint16Array;
  readonly #slotOf: Uint16Array;
  /** The passive views with a filter. */
  readonly #passive: IndexedColumn[];
  /** By row: 0 fails none of these, `k + 1` only number `k`, and the largest number several. */
  readonly #failed: Codes;
  readonly #tables = new Map<IndexedColumn, SlotTable>();
  #blocks: SlotTable | null = null;
  #own: Uint32Array | null = null;
  #totals: Uint32Array | null = null;
  #sections: SlotTable | null = null;
  /** How many of the passive views `#failed` takes into account. */
  #classified = 0;
  #assigned = false;

  /**
   * @param active the active view; null when no filter is about to move
   * @param columns all of them
   */
  constructor(
    readonly rowCount: number,
    readonly active: IndexedColumn | null,
    columns: Iterable<IndexedColumn>,
  ) {
    this.#passive = [...columns].filter((column) => column !== active && column.passes);
    const occurring = active?.all ?? Uint32Array.of(rowCount);
    ({ slotOf: this.#slotOf, slotCount: this.slotCount } = slotsOf(occurring));
    const blocks = Math.max(1, BLOCK_NUMBERS / (this.slotCount + 1));
    this.blockBits = Math.max(MIN_BLOCK_BITS, Math.ceil(Math.log2(rowCount / blocks)));
    this.blockCount = Math.ceil(rowCount / 2 ** this.blockBits);
    this.#failed = new (this.#passive.length < 0xff ? Uint8Array : Uint16Array)(rowCount);
    this.slots = new Uint16Array(rowCount);
  }

  /** Counts, portion by portion, what is not yet counted for these columns, order and sections. */
  *build(
    columns: Iterable<IndexedColumn>,
    order: Uint32Array | null,
    sections: Sections | null,
  ): Generator<void> {
    if (!this.#assigned) yield* this.#assign();
    if (!this.#blocks) {
      this.#blocks = this.#countBlocks(order);
      yield;
    }
    if (sections && !this.#sections && this.#isTabled(sections)) {
      this.#sections = this.#countSections(sections);
      yield;
    }
    for (const column of columns) {
      if (column === this.active || this.#tables.has(column)) continue;
      this.#tables.set(column, this.#countBins(column));
      yield;
    }
  }

  /** Counts by block in these runs of slots. */
  blocks(runs: readonly Run[]): Uint32Array {
    return this.#blocks!.sum(runs);
  }

  /** Counts by bin of rows in these runs of slots; of the active view in all, as it is its filter. */
  bins(column: IndexedColumn, runs: readonly Run[]): Uint32Array {
    if (column === this.active) return this.#ownBins(column);
    return this.#tables.get(column)!.sum(runs);
  }

  #ownBins(column: IndexedColumn): Uint32Array {
    this.#own ??= column.binned(Uint32Array.from(this.#slotOf, (slot) => this.totals[slot]));
    return this.#own;
  }

  /** Rows by slot; none in slot 0. */
  get totals(): Uint32Array {
    this.#totals ??= Uint32Array.from({ length: this.slotCount + 1 }, (_, slot) =>
      slot ? this.blocks([[slot, slot]]).reduce((sum, count) => sum + count, 0) : 0,
    );
    return this.#totals;
  }

  /** Counts by section of the rows that pass, which are in these runs of slots. */
  sections({ codes, codeCount }: Sections, runs: readonly Run[], passes: Uint8Array): Uint32Array {
    if (this.#sections) return this.#sections.sum(runs);
    const counts = new Uint32Array(codeCount);
    countPassing(counts, this.slots, passes, codes);
    return counts;
  }

  /**
   * The first rows with these codes of the active view, all of one code before those of the next;
   * the filter of the passive view `aside` shuts none of them out.
   */
  near(codes: ArrayLike<number>, count: number, aside?: IndexedColumn): Uint32Array {
    const [slots, totals] = this.#slotsAside(aside);
    const rows: number[] = [];
    for (let i = 0; i < codes.length && rows.length < count; i++) {
      const slot = this.#slotOf[codes[i]];
      const wanted = slot ? Math.min(count, rows.length + totals[slot]) : 0;
      for (let row = -1; rows.length < wanted;) rows.push((row = slots.indexOf(slot, row + 1)));
    }
    return Uint32Array.from(rows);
  }

  #slotsAside(aside: IndexedColumn | undefined): [Uint16Array, Uint32Array] {
    if (!aside?.passes) return [this.slots, this.totals];
    const slots = this.#slotsFor(aside);
    const totals = new Uint32Array(this.slotCount + 1);
    countAll(totals, slots);
    return [slots, totals];
  }

  /** What passes by slot, given what passes by code. */
  passing(passes: Uint8Array | null): Uint8Array {
    return passingSlots(this.#slotOf, this.slotCount, passes);
  }

  /** To be called when another order is in force. */
  forgetOrder(): void {
    this.#blocks = null;
  }

  /** To be called when there are other sections. */
  forgetSections(): void {
    this.#sections = null;
  }

  /** To be called when a column is gone or has other bins. */
  forget(column: IndexedColumn): void {
    this.#tables.delete(column);
    if (column === this.active) this.#own = null;
  }

  /** May be broken off and begun again. */
  *#assign(): Generator<void> {
    while (this.#classified < this.#passive.length) {
      this.#classify(this.#classified++);
      yield;
    }
    this.#assignSlots(this.slots, 0);
    this.#assigned = true;
    yield;
  }

  #classify(view: number): void {
    const { codes, passes } = this.#passive[view];
    const several = 2 ** (8 * this.#failed.BYTES_PER_ELEMENT) - 1;
    const next = new Uint16Array(2 * (several + 1)).fill(several);
    for (let failed = 0; failed < several; failed++) next[failed] = failed;
    next[several + 1] = view + 1;
    const fails = Uint32Array.from(passes!, (pass) => (1 - pass) * (several + 1));
    fail(this.#failed, codes, fails, next);
  }

  #assignSlots(out: Uint16Array, only: number): void {
    const codes = this.active?.codes ?? new Uint8Array(this.rowCount);
    assignSlots(out, codes, this.#slotOf, this.#failed, only);
  }

  #countBlocks(order: Uint32Array | null): SlotTable {
    const { slots, blockCount, blockBits } = this;
    const counts = new Uint32Array((this.slotCount + 1) * blockCount);
    if (order) countBlocksInOrder(counts, slots, order, blockCount, blockBits);
    else countBlocks(counts, slots, blockCount, blockBits);
    return new SlotTable(counts, blockCount);
  }

  /** A larger table takes longer than it saves: then each position of the filter counts rows. */
  #isTabled({ codeCount }: Sections): boolean {
    const numbers = (this.slotCount + 1) * codeCount;
    return numbers <= Math.max(TABLE_NUMBERS, this.rowCount);
  }

  #countSections({ codes, codeCount }: Sections): SlotTable {
    const counts = new Uint32Array((this.slotCount + 1) * codeCount);
    countSections(counts, this.slots, codes, codeCount);
    return new SlotTable(counts, codeCount);
  }

  #countBins(column: IndexedColumn): SlotTable {
    const { codes, bins, binBits } = column;
    const counts = new Uint32Array((this.slotCount + 1) << binBits);
    countBins(counts, this.#slotsFor(column), codes, bins, binBits);
    return new SlotTable(counts, 2 ** binBits);
  }

  /** A column's own filter does not shut rows out of its own counts. */
  #slotsFor(column: IndexedColumn): Uint16Array {
    if (!column.passes) return this.slots;
    const slots = new Uint16Array(this.rowCount);
    this.#assignSlots(slots, this.#passive.indexOf(column) + 1);
    return slots;
  }
}
