/** The rows that pass, by their number in an order: found by blocks, not by going through all. */

import { select, selectInOrder } from "./loops";
import type { SliceIndex } from "./sliceindex";

export class PassingRows {
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

export const sum = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);
