/** Which filters each row fails, and the lists of rows that follow from it. */

import { type Codes, flip, inverse, select, selectFrom, selectInOrder } from "./loops";

/** Rows that gained, and rows that lost, by the last change of a filter. */
export interface Moved {
  entered: Uint32Array;
  left: Uint32Array;
}

const NONE: Moved = { entered: new Uint32Array(0), left: new Uint32Array(0) };

/**
 * One number per row, the sum of the units of the filters that it fails: 0 passes, and the unit of
 * one filter means that only this one fails. Every list is a view that the next change overwrites.
 */
export class RowMask {
  /** Counts the changes of filters. */
  change = 0;
  readonly #failed: Int32Array;
  #changedUnit = 0;
  #moved = NONE;
  #decided: Moved | null = NONE;
  #passing: Uint32Array | null = null;
  #failing: Uint32Array | null = null;
  #order: Uint32Array | null = null;
  #ranks: Uint32Array | null = null;
  // Kept, because allocating them anew costs as much as filling them.
  readonly #buffers: Record<"moved" | "decided" | "passing" | "failing" | "scratch", Uint32Array>;
  readonly #marks: Uint8Array;

  constructor(readonly rowCount: number) {
    this.#failed = new Int32Array(rowCount);
    this.#marks = new Uint8Array(rowCount);
    const rows = (): Uint32Array => new Uint32Array(rowCount);
    this.#buffers = {
      moved: rows(),
      decided: rows(),
      passing: rows(),
      failing: rows(),
      scratch: rows(),
    };
  }

  /** Adds to each row the delta of its code, each being 0, `unit` or `-unit`. */
  move(codes: Codes, delta: Int32Array, unit: number): void {
    const idle = delta.every((change) => change === 0);
    this.#moved = idle ? NONE : flip(this.#failed, codes, delta, this.#buffers.moved);
    this.#changedUnit = unit;
    this.#decided = this.#passing = this.#failing = null;
    this.change++;
  }

  /** Sets the display order of all rows; null is row order. */
  setOrder(order: Uint32Array | null): void {
    this.#order = order;
    this.#ranks = this.#passing = null;
  }

  /** Rows that pass every filter, in display order. */
  get passing(): Uint32Array {
    const { passing } = this.#buffers;
    this.#passing ??= this.#order
      ? selectInOrder(this.#order, this.#failed, this.#marks, passing)
      : select(this.#failed, 0, 0, passing);
    return this.#passing;
  }

  /** Rows that fail some filter. */
  get failing(): Uint32Array {
    this.#failing ??= select(this.#failed, 0, 1, this.#buffers.failing);
    return this.#failing;
  }

  /** Those of the moved rows that no other filter shuts out. */
  get decided(): Moved {
    this.#decided ??= this.#movedFailing(0, this.#buffers.decided);
    return this.#decided;
  }

  /**
   * Those of the moved rows that, apart from the moved filter, fail the one of `unit` only; good
   * until the next call.
   */
  decidedBut(unit: number): Moved {
    return this.#movedFailing(unit, this.#buffers.scratch);
  }

  /** Rows that fail the filter of `unit` only; good until the next call. */
  failingOnly(unit: number): Uint32Array {
    return select(this.#failed, unit, 0, this.#buffers.scratch);
  }

  /** Index of a row in `passing`; -1 when it is not there. */
  position(row: number): number {
    if (this.#failed[row] !== 0) return -1;
    if (this.#order) this.#ranks ??= inverse(this.#order);
    const [rows, ranks] = [this.passing, this.#ranks];
    const rank = (of: number): number => (ranks ? ranks[of] : of);
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rank(rows[middle]) < rank(row)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #movedFailing(others: number, out: Uint32Array): Moved {
    const entered = selectFrom(this.#moved.entered, this.#failed, others, out);
    const rest = out.subarray(entered.length);
    const left = selectFrom(this.#moved.left, this.#failed, others + this.#changedUnit, rest);
    return { entered, left };
  }
}
