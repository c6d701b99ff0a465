/** A column of codes with its filter, as the index counts it. */

import type { ColumnHistogram } from "./answer";
import { type Codes, countAll } from "./loops";

/** What there is to know of a column's ordinal codes; `columns.py` defines their meaning. */
export interface Coding {
  /** Codes run from 0 to `codeCount - 1`, which is missing. */
  codeCount: number;
  /** Bin by code; `binCount` for codes that belong to none. */
  bins: Uint8Array | Uint16Array;
  binCount: number;
}

export interface CodeColumn extends Coding {
  /** One code per row. */
  codes: Codes;
}

export class FilterColumn {
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
