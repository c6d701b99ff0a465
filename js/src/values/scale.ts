/** The arithmetic of one range slider: steps, places along the track, ordinal codes, conditions. */

import { binByCode, binEdgesOf, evenBinEdges } from "./bins";
import { fromIso, toIso } from "./datetimes";
import type { Edge, NumberKind, RangeCondition, RangeHeader } from "../protocol";
import { countBelow } from "./search";

/** Where the thumbs stand: values, not indices, for the data and with it the edges may change. */
export interface Thumbs {
  low: Edge;
  high: Edge;
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
  /** The edges that the data has by itself: where thumbs go by pointer and keys. */
  readonly steps: readonly Edge[];
  readonly codeCount: number;
  /** Ascending, one more than there are bins; bins are half-open, the last one is closed. */
  readonly binEdges: readonly Edge[];
  readonly binCount: number;
  /** Bin by code; `binCount` for infinite and missing. */
  readonly bins: Uint8Array;
  /** Whether places along the track go by the logarithm of their value. */
  readonly log: boolean;
  /** Whether the data is skewed, so that either scale makes sense. */
  readonly skewed: boolean;
  /** How many values are minus and plus infinity. */
  readonly infinite: { negative: number; positive: number };
  readonly #knee: number;
  readonly #utc: boolean;

  constructor(header: RangeHeader, log = header.log) {
    this.number = header.number;
    this.edges = header.edges;
    this.codeCount = 2 * header.edges.length + 2;
    const extra = new Set(header.extra);
    this.steps = header.edges.filter((edge) => !extra.has(edge));
    this.skewed = header.knee !== null;
    this.log = log && this.skewed;
    this.#knee = header.knee ?? 0;
    this.#utc = header.utc;
    // The bins ignore edges that were asked for, and so never move.
    this.binEdges = this.skewed
      ? evenBinEdges(this.steps, (edge) => this.fraction(edge))
      : binEdgesOf(header.number, this.steps);
    this.binCount = Math.max(0, this.binEdges.length - 1);
    this.bins = binByCode(header.edges, this.binEdges);
    this.infinite = { negative: header.negative_infinite, positive: header.positive_infinite };
  }

  get first(): Edge {
    return this.steps[0];
  }

  get last(): Edge {
    return this.steps[this.steps.length - 1];
  }

  /** Place of a value along the track, 0 to 1, kept within the ends; 0.5 for a constant column. */
  fraction(value: Edge): number {
    const [low, high] = [this.first, this.last];
    if (!(low < high)) return 0.5;
    const x = this.#bent(Math.min(high, Math.max(low, value)));
    const [from, to] = [this.#bent(low), this.#bent(high)];
    // The span of two doubles may be infinite.
    const unit = to - from < Infinity ? 1 : 0.5;
    return (x * unit - from * unit) / (to * unit - from * unit);
  }

  /** The value at a place along the track. */
  valueAt(fraction: number): Edge {
    const [from, to] = [this.#bent(this.first), this.#bent(this.last)];
    return this.#straight(from * (1 - fraction) + to * fraction);
  }

  /** The step nearest to a place along the track. */
  nearest(fraction: number): Edge {
    const value = this.valueAt(fraction);
    const index = Math.min(this.steps.length - 1, countBelow(this.steps, value));
    const [below, above] = [this.steps[Math.max(0, index - 1)], this.steps[index]];
    return value - below < above - value ? below : above;
  }

  /** The codes of values, but for missing, those nearest to a value first. */
  codesNear(value: Edge): Uint16Array {
    const above = 2 * this.edges.length;
    const x = Math.min(this.last, Math.max(this.first, value));
    const distance = (code: number): number => {
      const [from, to] = [this.edges[(code - 1) >> 1], this.edges[code >> 1]];
      return Math.max(0, from - x, x - to);
    };
    const codes = Array.from({ length: Math.max(0, above - 1) }, (_, i) => i + 1);
    codes.sort((a, b) => distance(a) - distance(b) || (b % 2) - (a % 2) || a - b);
    if (value === Infinity) return Uint16Array.of(above, ...codes, 0);
    return value === -Infinity ? Uint16Array.of(0, ...codes) : Uint16Array.of(...codes, 0, above);
  }

  /** The step `by` steps away from a value, kept within the ends. */
  step(value: Edge, by: number): Edge {
    const above = countBelow(this.steps, value);
    const from = by > 0 && this.steps[above] !== value ? above - 1 : above;
    return this.steps[Math.max(0, Math.min(this.steps.length - 1, from + by))];
  }

  /** The window moved along the track, from a place to another; its steps stay as many. */
  shifted({ low, high }: Thumbs, from: number, to: number): Thumbs {
    const index = (value: Edge): number => countBelow(this.steps, value);
    const span = index(high) - index(low);
    const least = index(this.nearest(this.fraction(low) + to - from));
    const first = Math.min(least, this.steps.length - 1 - span);
    return { low: this.steps[first], high: this.steps[first + span] };
  }

  /** Where the thumbs of a condition stand; an open end is that of the data. */
  thumbs(condition: RangeCondition | null): Thumbs {
    const { min, max } = this.bounds(condition);
    const place = (bound: Edge): Edge =>
      Number.isFinite(bound) ? bound : bound < 0 ? this.first : this.last;
    return { low: place(min), high: place(max) };
  }

  /**
   * A condition after thumbs were moved; null at full range, which is no filter. A thumb at its end
   * is open; one that was not moved keeps what it had.
   */
  narrowed(condition: RangeCondition | null, moved: Partial<Thumbs>): RangeCondition | null {
    const next = { min: null, max: null, missing: false, ...condition };
    if (moved.low !== undefined) {
      next.min = moved.low <= this.first ? null : this.#written(this.#reachable(moved.low));
    }
    if (moved.high !== undefined) {
      next.max = moved.high >= this.last ? null : this.#written(this.#reachable(moved.high));
    }
    return next.min === null && next.max === null ? null : next;
  }

  /**
   * A condition with another bound, which is one also at an end of the data; null when nothing is
   * shut out. A long integer is text.
   */
  withBound(
    condition: RangeCondition | null,
    side: "min" | "max",
    bound: number | string,
  ): RangeCondition | null {
    const value = Number(bound);
    const whole =
      this.number === "float" ? value : side === "min" ? Math.ceil(value) : Math.floor(value);
    const isOpen = value === (side === "min" ? -Infinity : Infinity);
    const exact = typeof bound === "string" ? bound : this.#written(whole);
    const open = { min: null, max: null, missing: false };
    const next = { ...open, ...condition, [side]: isOpen ? null : exact };
    return next.min === null && next.max === null ? null : next;
  }

  /** The ends of a condition as numbers, of long integers the nearest; infinite where it is open. */
  bounds(condition: RangeCondition | null): { min: Edge; max: Edge } {
    return {
      min: this.#read(condition?.min ?? null, -Infinity),
      max: this.#read(condition?.max ?? null, Infinity),
    };
  }

  /**
   * Whether JavaScript's numbers hold the bounds of a condition: not those of long integers and
   * far datetimes.
   */
  holds(condition: RangeCondition): boolean {
    if (this.number === "float") return true;
    const { min, max } = this.bounds(condition);
    if (this.number === "integer") {
      return typeof condition.min !== "string" && typeof condition.max !== "string";
    }
    return [min, max].every((x) => !Number.isFinite(x) || Number.isSafeInteger(x));
  }

  /** Bounds amid the data that are no edge: the codes tell what passes once they have them. */
  lacking(condition: RangeCondition): Edge[] {
    const { min, max } = this.bounds(condition);
    return [...new Set([min, max])].filter((bound) => this.#isAmid(bound));
  }

  /** By code, 1 passes; null when the codes cannot tell. */
  passes(condition: RangeCondition): Uint8Array | null {
    if (!this.holds(condition) || this.lacking(condition).length) return null;
    const { min, max } = this.bounds(condition);
    const passes = new Uint8Array(this.codeCount);
    passes.fill(1, this.#firstCode(min), this.#lastCode(max) + 1);
    passes[this.codeCount - 1] = Number(condition.missing);
    return passes;
  }

  /** A step, but for an end that JavaScript's numbers do not hold the one beside it. */
  #reachable(step: Edge): Edge {
    if (this.number === "float" || Number.isSafeInteger(step)) return step;
    return step === this.first ? this.step(step, 1) : this.step(step, step === this.last ? -1 : 0);
  }

  /** From values to places on the track, and back. */
  #bent(value: number): number {
    if (!this.log) return value;
    if (!this.#knee) return Math.log(value);
    return Math.sign(value) * Math.log1p(Math.abs(value) / this.#knee);
  }

  #straight(place: number): number {
    if (!this.log) return place;
    if (!this.#knee) return Math.exp(place);
    return Math.sign(place) * Math.expm1(Math.abs(place)) * this.#knee;
  }

  /** A bound as conditions have it. */
  #written(value: Edge): number | string {
    if (this.number === "datetime") return toIso(value) + (this.#utc ? "+00:00" : "");
    return Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf";
  }

  #read(bound: number | string | null, open: number): Edge {
    if (bound === null) return open;
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
    if (code > 0) return code;
    return min === -Infinity || (!this.edges.length && this.infinite.positive > 0) ? 0 : 1;
  }

  /** Last code to pass an upper bound; a finite one never lets plus infinity pass. */
  #lastCode(max: Edge): number {
    const code = this.#codeOf(max);
    const above = 2 * this.edges.length;
    if (code < above) return code;
    return max === Infinity || (!this.edges.length && this.infinite.negative > 0)
      ? above
      : above - 1;
  }
}
