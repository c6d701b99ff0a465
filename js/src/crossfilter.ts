/** Filters on columns of ordinal codes, and the histograms of all columns under them. */

import { type Codes, countAll, countRows } from "./loops";
import { RowMask } from "./rowmask";

/** A column as ordinal codes; `columns.py` defines their meaning. */
export interface CodeColumn {
  /** One code per row. */
  codes: Codes;
  /** Codes run from 0 to `codeCount - 1`, which is missing. */
  codeCount: number;
  /** Bin by code; `binCount` for codes that belong to none. */
  bins: Uint8Array | Uint16Array;
  binCount: number;
}

/** Counts of rows by bin. */
export interface ColumnHistogram {
  all: Uint32Array;
  /** Only rows that pass every filter but the column's own. */
  matching: Uint32Array;
  /** Rows with the missing code that pass every filter but the column's own. */
  missing: number;
}

/**
 * What failing a filter adds to a row, besides a slot of the filter's own: room for 1,447 filters
 * at once.
 */
const UNIT = 2 ** 20;
const NEVER = -Infinity;

interface Column extends CodeColumn {
  /** Rows by code: all, and as of change `seen` those that pass every other filter. */
  readonly all: Uint32Array;
  readonly matching: Uint32Array;
  seen: number;
  histogram: ColumnHistogram | null;
  /** The filter by code, 1 passes; and its unit, 0 without a filter. */
  passes: Uint8Array;
  unit: number;
}

/**
 * Any number of filters at once, each a lookup table over the codes of one column.
 *
 * A filter that moves touches the rows whose code changed side, and a histogram catches up from
 * those rows when it is asked for.
 */
export class Crossfilter {
  readonly #columns = new Map<string, Column>();
  readonly #mask: RowMask;

  constructor(readonly rowCount: number) {
    this.#mask = new RowMask(rowCount);
  }

  /** Adds or replaces a column and drops any filter on it. */
  setColumn(key: string, column: CodeColumn): void {
    const { codes, codeCount } = column;
    if (codes.length !== this.rowCount) {
      throw new RangeError(`"${key}" has ${codes.length} codes for ${this.rowCount} rows`);
    }
    this.removeColumn(key);
    const all = new Uint32Array(codeCount);
    countAll(all, codes);
    const counts = { all, matching: new Uint32Array(codeCount), seen: NEVER, histogram: null };
    this.#columns.set(key, { ...column, ...counts, passes: allPass(column), unit: 0 });
  }

  /** Removes a column, if it is there, with its filter. */
  removeColumn(key: string): void {
    if (this.#columns.get(key)?.unit) this.setFilter(key, null);
    this.#columns.delete(key);
  }

  /** Lets the codes pass that are 1 in `passes`, the others being 0; null removes the filter. */
  setFilter(key: string, passes: Uint8Array | null): void {
    const column = this.#column(key);
    const next = passes?.slice() ?? allPass(column);
    if (next.length !== column.codeCount) {
      throw new RangeError(`"${key}" has ${column.codeCount} codes, its filter ${next.length}`);
    }
    const unit = column.unit || this.#freeUnit();
    const delta = new Int32Array(column.codeCount);
    for (let code = 0; code < delta.length; code++) {
      delta[code] = (column.passes[code] - next[code]) * unit;
    }
    const upToDate = column.seen === this.#mask.change;
    this.#mask.move(column.codes, delta, unit);
    // A filter does not concern its own column's histogram.
    if (upToDate) column.seen = this.#mask.change;
    column.passes = next;
    column.unit = passes ? unit : 0;
  }

  /** Sets the display order of all rows; null is row order. */
  setOrder(order: Uint32Array | null): void {
    this.#mask.setOrder(order);
  }

  /** Rows that pass every filter. */
  get count(): number {
    return this.#mask.passing.length;
  }

  /** The rows that pass every filter, in display order; a view that the next change overwrites. */
  rows(): Uint32Array {
    return this.#mask.passing;
  }

  /** Index of a row in `rows()`; -1 when it is filtered out. */
  position(row: number): number {
    return this.#mask.position(row);
  }

  /** The histogram of a column; the same object as long as nothing changes it. */
  histogram(key: string): ColumnHistogram {
    const column = this.#column(key);
    this.#catchUp(column);
    column.histogram ??= {
      all: binned(column, column.all),
      matching: binned(column, column.matching),
      missing: column.matching[column.codeCount - 1],
    };
    return column.histogram;
  }

  hasFilter(key: string): boolean {
    return Boolean(this.#columns.get(key)?.unit);
  }

  /** Rows that pass every filter but the one of a column. */
  countWithout(key: string): number {
    const column = this.#column(key);
    this.#catchUp(column);
    return column.matching.reduce((sum, count) => sum + count, 0);
  }

  #column(key: string): Column {
    const column = this.#columns.get(key);
    if (!column) throw new RangeError(`no column "${key}"`);
    return column;
  }

  #freeUnit(): number {
    const used = new Set([...this.#columns.values()].map(({ unit }) => unit));
    let unit = UNIT + 1;
    while (used.has(unit)) unit++;
    return unit;
  }

  /**
   * Brings a column's counts to the last change, from the moved rows unless all rows are less work.
   */
  #catchUp(column: Column): void {
    const { change, decided, passing } = this.#mask;
    if (column.seen === change) return;
    const fewer = Math.min(passing.length, this.rowCount - passing.length);
    const moved = decided.entered.length + decided.left.length;
    if (column.seen === change - 1 && moved <= fewer) this.#follow(column);
    else this.#recount(column);
    column.seen = change;
    column.histogram = null;
  }

  #follow({ matching, codes, unit }: Column): void {
    const { entered, left } = this.#mask.decided;
    countRows(matching, codes, entered, 1);
    countRows(matching, codes, left, -1);
    if (unit === 0) return;
    const others = this.#mask.decidedBut(unit);
    countRows(matching, codes, others.entered, 1);
    countRows(matching, codes, others.left, -1);
  }

  #recount({ all, matching, codes, unit }: Column): void {
    const { passing } = this.#mask;
    if (passing.length <= this.rowCount / 2) {
      matching.fill(0);
      countRows(matching, codes, passing, 1);
    } else {
      matching.set(all);
      countRows(matching, codes, this.#mask.failing, -1);
    }
    if (unit !== 0) countRows(matching, codes, this.#mask.failingOnly(unit), 1);
  }
}

function allPass(column: CodeColumn): Uint8Array {
  return new Uint8Array(column.codeCount).fill(1);
}

function binned({ bins, binCount }: CodeColumn, counts: Uint32Array): Uint32Array {
  const byBin = new Uint32Array(binCount + 1);
  for (let code = 0; code < counts.length; code++) byBin[bins[code]] += counts[code];
  return byBin.subarray(0, binCount);
}
