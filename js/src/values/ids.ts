/** Sample ids by row. */

import { countBelow, findSorted } from "./search";

export class SampleIds {
  readonly #ids: Float64Array | null;
  readonly #first: number;
  readonly count: number;

  /** `ids` ascending, or the first of `count` consecutive ones. */
  constructor(count: number, ids: Float64Array | number) {
    this.count = count;
    [this.#ids, this.#first] = typeof ids === "number" ? [null, ids] : [ids, 0];
  }

  /** The id of a row; -1 for row -1. */
  at(row: number): number {
    if (row < 0) return -1;
    return this.#ids ? this.#ids[row] : this.#first + row;
  }

  /** How many rows have an id below another one. */
  below(id: number): number {
    if (this.#ids) return countBelow(this.#ids, id);
    return Math.max(0, Math.min(this.count, id - this.#first));
  }

  /** The row of an id, -1 when it is unknown. */
  rowOf(id: number): number {
    if (this.#ids) return findSorted(this.#ids, id);
    const row = id - this.#first;
    return row >= 0 && row < this.count ? row : -1;
  }
}
