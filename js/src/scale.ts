/** The arithmetic of one range slider: edges, ordinal codes, histogram bins and conditions. */

import { fromIso, toIso } from "./format";
import type { Edge, NumberKind, RangeCondition, RangeHeader } from "./protocol";
import { countBelow } from "./search";

/** Bins of a histogram at most. */
export const MAX_BINS = 60;

/** A range condition in terms of a scale. */
export interface RangeWindow {
  /**
   * Indices into `edges`: where the thumbs stand, or the nearest place when the bounds are no
   * edges.
   */
  lo: number;
  hi: number;
  missing: boolean;
  /**
   * Bounds amid the data that are no edge; until the column came again with them, `passes` rounds
   * inwards.
   */
  extra: Edge[];
  /**
   * By code, 1 passes; exact when `extra` is empty, whatever the bounds, infinite values included.
   */
  passes: Uint8Array;
}

/** Every edge is the next integer, so that a bin is a number of values, not an interval. */
function stepsByOne(number: NumberKind, edges: readonly Edge[]): boolean {
  const last = edges.length - 1;
  return number === "integer" && last > 0 && edges[last] - edges[0] === last;
}

/**
 * At most `MAX_BINS` unions of whole steps; integers that step by one are binned value by value.
 */
function binEdgesOf(number: NumberKind, edges: readonly Edge[]): Edge[] {
  if (edges.length === 0) return [];
  const last = edges.length - 1;
  const byValue = stepsByOne(number, edges);
  const width = Math.max(1, Math.ceil((byValue ? last + 1 : last) / MAX_BINS));
  const inner: Edge[] = [];
  for (let i = width; i < last + (byValue ? 1 : 0); i += width) {
    inner.push(byValue ? edges[i] - 0.5 : edges[i]);
  }
  return [edges[0], ...inner, edges[last]];
}

/** At most `MAX_BINS` unions of steps, about equally wide on the track. */
function evenBinEdges(edges: readonly Edge[], fraction: (edge: Edge) => number): Edge[] {
  const [first, last] = [edges[0], edges[edges.length - 1]];
  if (edges.length < 2) return [...edges, ...edges];
  const bins: Edge[] = [first];
  let end = 0;
  for (const edge of edges.slice(1, -1)) {
    if (fraction(edge) < end + 1 / MAX_BINS) continue;
    bins.push(edge);
    end = fraction(edge);
  }
  return [...bins, last];
}

/**
 * Bin by code; codes beyond the ends and missing get `binEdges.length - 1`, one past the last bin.
 */
function binByCode(edges: readonly Edge[], binEdges: readonly Edge[]): Uint8Array {
  const binCount = Math.max(0, binEdges.length - 1);
  const bins = new Uint8Array(2 * edges.length + 2).fill(binCount);
  let bin = 0;
  edges.forEach((edge, i) => {
    while (bin + 1 < binCount && binEdges[bin + 1] <= edge) bin++;
    bins[2 * i + 1] = bin;
    if (i + 1 < edges.length) bins[2 * i + 2] = bin;
  });
  return bins;
}

/**
 * The scale of one range key.
 *
 * Code 2i+1 stands for edge i and code 2i for what lies between edges i-1 and i; so code 0 is minus
 * infinity, code `2 * edges.length` plus infinity, and the code after that missing.
 */
export class RangeScale {
  readonly number: NumberKind;
  /**
   * Ascending: exact minimum first, exact maximum last; empty when no sample has a finite value.
   */
  readonly edges: readonly Edge[];
  readonly codeCount: number;
  /** Ascending, one more than there are bins; bins are half-open, the last one is closed. */
  readonly binEdges: readonly Edge[];
  readonly binCount: number;
  /** Bin by code; `binCount` for infinite and missing. */
  readonly bins: Uint8Array;
  /** Whether places along the track go by the logarithm of their value. */
  readonly log: boolean;
  /** Whether the values spread over orders of magnitude, so that either scale makes sense. */
  readonly spread: boolean;
  /** How many values are minus and plus infinity. */
  readonly infinite: { negative: number; positive: number };
  readonly #utc: boolean;

  constructor(header: RangeHeader, log = header.log) {
    this.number = header.number;
    this.edges = header.edges;
    this.codeCount = 2 * header.edges.length + 2;
    // The bins ignore edges that were asked for, and so never move.
    const own = header.edges.filter((edge) => !header.extra.includes(edge));
    this.spread = header.log;
    this.log = log;
    this.binEdges = header.log
      ? evenBinEdges(own, (edge) => this.valueFraction(edge))
      : binEdgesOf(header.number, own);
    this.binCount = Math.max(0, this.binEdges.length - 1);
    this.bins = binByCode(header.edges, this.binEdges);
    this.#utc = header.utc;
    this.infinite = { negative: header.negative_infinite, positive: header.positive_infinite };
  }

  /** Index of the last edge; -1 when there is none. */
  get last(): number {
    return this.edges.length - 1;
  }

  /** Place of an edge along the track, 0 to 1; 0.5 for a constant column. */
  fraction(index: number): number {
    return this.valueFraction(this.edges[index]);
  }

  /** Place of a value along the track, such as a bin edge; 0.5 for a constant column. */
  valueFraction(value: Edge): number {
    const [low, high] = [this.edges[0], this.edges[this.last]];
    if (!(low < high)) return 0.5;
    if (this.log) {
      return (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low));
    }
    // The span of two doubles may be infinite.
    const unit = high - low < Infinity ? 1 : 0.5;
    const fraction = (value * unit - low * unit) / (high * unit - low * unit);
    return Math.min(1, Math.max(0, fraction));
  }

  /** Index of the edge nearest to a place along the track. */
  nearest(fraction: number): number {
    const [low, high] = [this.edges[0], this.edges[this.last]];
    const between = (a: number, b: number): number => a * (1 - fraction) + b * fraction;
    const value = this.log ? Math.exp(between(Math.log(low), Math.log(high))) : between(low, high);
    const above = this.step(countBelow(this.edges, value), 0);
    const below = Math.max(0, above - 1);
    return value - this.edges[below] < this.edges[above] - value ? below : above;
  }

  /** The edge `by` steps away, kept within the ends. */
  step(index: number, by: number): number {
    return Math.max(0, Math.min(this.last, index + by));
  }

  /**
   * The condition of thumbs at edges `lo` and `hi`, both included; null at full range, which is no
   * filter.
   */
  toCondition(lo: number, hi: number, missing: boolean): RangeCondition | null {
    if (lo <= 0 && hi >= this.last) return null;
    return {
      min: this.#toBound(lo, lo <= 0 && this.infinite.negative > 0),
      max: this.#toBound(hi, hi >= this.last && this.infinite.positive > 0),
      missing,
    };
  }

  /** Whether JavaScript's numbers hold the bounds of a condition: not those of long integers. */
  holds({ min, max }: RangeCondition): boolean {
    return this.number !== "integer" || [min, max].every((bound) => typeof bound !== "string");
  }

  /** The ends of a condition as numbers, of long integers the nearest. */
  bounds(condition: RangeCondition | null): { min: number; max: number } {
    return {
      min: this.#fromBound(condition?.min ?? null, -Infinity),
      max: this.#fromBound(condition?.max ?? null, Infinity),
    };
  }

  /** A condition with another bound; null when nothing is shut out. A long integer is text. */
  withBound(
    condition: RangeCondition,
    side: "min" | "max",
    bound: number | string,
  ): RangeCondition | null {
    const value = Number(bound);
    const [end, infinite] =
      side === "min"
        ? [this.edges[0], this.infinite.negative]
        : [this.edges[this.last], this.infinite.positive];
    // The double next to a long integer may be the end, though the integer is not.
    const isEnd = value === end && typeof bound === "number";
    const beyond = isEnd || (side === "min" ? value < end : value > end);
    const isOpen = value === (side === "min" ? -Infinity : Infinity) || (beyond && !infinite);
    const whole =
      this.number === "float" ? value : side === "min" ? Math.ceil(value) : Math.floor(value);
    const exact = typeof bound === "string" ? bound : this.toBound(whole);
    const next = { ...condition, [side]: isOpen ? null : exact };
    return next.min === null && next.max === null ? null : next;
  }

  /** Thumbs, codes and still lacking edges of a condition. */
  fromCondition(condition: RangeCondition): RangeWindow {
    const min = this.#fromBound(condition.min, -Infinity);
    const max = this.#fromBound(condition.max, Infinity);
    const first = this.#firstCode(min);
    const last = this.#lastCode(max);
    return {
      lo: this.step(first >> 1, 0),
      hi: this.step((last - 1) >> 1, 0),
      missing: condition.missing,
      extra: [...new Set([min, max])].filter((bound) => this.#isAmid(bound)),
      passes: this.#passes(first, last, condition.missing),
    };
  }

  #passes(first: number, last: number, missing: boolean): Uint8Array {
    const passes = new Uint8Array(this.codeCount).fill(1, first, last + 1);
    passes[this.codeCount - 1] = Number(missing);
    return passes;
  }

  /**
   * Null is unbounded: to let infinity pass, and because JavaScript rounds integers beyond 2**53.
   */
  #toBound(index: number, unbounded: boolean): number | string | null {
    const edge = this.edges[index];
    if (unbounded) return null;
    if (this.number === "float") return edge;
    if (!Number.isSafeInteger(edge) && (index === 0 || index === this.last)) return null;
    return this.toBound(edge);
  }

  /** A bound as conditions have it. */
  toBound(value: Edge): number | string {
    if (this.number === "datetime") return toIso(value) + (this.#utc ? "+00:00" : "");
    return Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf";
  }

  #fromBound(bound: number | string | null, unbounded: number): Edge {
    if (bound === null) return unbounded;
    if (bound === "inf" || bound === "-inf") return bound === "inf" ? Infinity : -Infinity;
    if (typeof bound === "string" && this.number === "datetime") return fromIso(bound);
    return Number(bound);
  }

  #codeOf(x: Edge): number {
    const below = countBelow(this.edges, x);
    return 2 * below + Number(this.edges[below] === x);
  }

  /** Whether a bound lies between two edges. */
  #isAmid(bound: Edge): boolean {
    const code = this.#codeOf(bound);
    return code % 2 === 0 && code > 0 && code < 2 * this.edges.length;
  }

  /** First code to pass a lower bound; a finite one never lets minus infinity pass. */
  #firstCode(min: Edge): number {
    const code = this.#codeOf(min);
    if (code > 0) return this.#isAmid(min) ? code + 1 : code;
    return min === -Infinity || (this.last < 0 && this.infinite.positive > 0) ? 0 : 1;
  }

  /** Last code to pass an upper bound; a finite one never lets plus infinity pass. */
  #lastCode(max: Edge): number {
    const code = this.#codeOf(max);
    const above = 2 * this.edges.length;
    if (code < above) return this.#isAmid(max) ? code - 1 : code;
    return max === Infinity || (this.last < 0 && this.infinite.negative > 0) ? above : above - 1;
  }
}
