/** An axis of a plot: where values are along it, and the bins in which they are counted. */

import { MAX_BINS } from "./bins";
import type { Edge, RangeCondition } from "../protocol";
import { type RangeScale, type Thumbs } from "./scale";

/** What of an axis is in sight, as places along it: 0 and 1 are its ends, and it may go beyond. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}
export const WHOLE: Stretch = { from: 0, to: 1 };

/** Bins after those in sight: of no value, of the infinities, and of what is out of sight. */
const [MISSING, NEGATIVE, POSITIVE, UNSEEN] = [0, 1, 2, 3];

export class PlotAxis {
  readonly scale: RangeScale;
  /** Cells along the axis. */
  readonly length: number;
  /** Where cells begin and the last one ends, as places along the axis; one more than cells. */
  readonly places: readonly number[];
  /** The bin of each code: the number of its cell, or beyond. */
  readonly bins: Uint16Array;
  readonly binCount: number;
  readonly missing: number;
  readonly negative: number;
  readonly positive: number;
  /** The values at `places`. */
  readonly #edges: readonly Edge[];
  /** Whether each integer is as wide as its cell, not a point. */
  readonly #isWide: boolean;

  constructor(scale: RangeScale, stretch: Stretch = WHOLE) {
    this.scale = scale;
    const { steps } = scale;
    const isByOne = scale.number === "integer" && scale.last - scale.first === steps.length - 1;
    this.#isWide = !scale.skewed && (isByOne || steps.length === 1);
    this.#edges = steps.length ? this.#cutAt(stretch) : [];
    this.places = this.#edges.map((edge) => this.place(edge));
    if (steps.length === 1) this.places = [0, 1];
    this.length = Math.max(0, this.#edges.length - 1);
    this.binCount = this.length + UNSEEN + 1;
    [this.missing, this.negative] = [this.length + MISSING, this.length + NEGATIVE];
    this.positive = this.length + POSITIVE;
    this.bins = this.#binByCode();
  }

  /** Where a value is along the axis. */
  place(value: Edge): number {
    if (!this.#isWide) return this.scale.fraction(value);
    return (value - this.#low) / (this.#high - this.#low);
  }

  /** The value at a place. */
  valueAt(place: number): Edge {
    if (!this.#isWide) return this.scale.valueAt(place);
    return this.#low + place * (this.#high - this.#low);
  }

  /** The cell at a place; -1 beyond those there are. */
  cellAt(place: number): number {
    const { places, length } = this;
    if (!(place >= places[0] && place <= places[length])) return -1;
    let cell = 0;
    while (cell + 1 < length && places[cell + 1] <= place) cell++;
    return cell;
  }

  /** The cell at a place, or the one nearest to it. */
  nearestCell(place: number): number {
    const { places, length } = this;
    return this.cellAt(Math.min(places[length], Math.max(places[0], place)));
  }

  /** Least and greatest value that a cell may hold. */
  ends(cell: number): [Edge, Edge] {
    const [from, to] = [this.#edges[cell], this.#edges[cell + 1]];
    if (this.#isWide && this.scale.number === "integer") return [Math.ceil(from), Math.floor(to)];
    return [from, to];
  }

  /** The steps that a stretch reaches to. */
  thumbs(from: number, to: number): Thumbs {
    const { scale } = this;
    if (!this.#isWide) return { low: scale.nearest(from), high: scale.nearest(to) };
    const clamp = (value: number): Edge => Math.min(scale.last, Math.max(scale.first, value));
    const [low, high] = [Math.ceil(this.valueAt(from)), Math.floor(this.valueAt(to))];
    const middle = Math.round(this.valueAt((from + to) / 2));
    return { low: clamp(low > high ? middle : low), high: clamp(low > high ? middle : high) };
  }

  /** What a condition lets pass; without a bound it reaches to the end. */
  reach(condition: RangeCondition): Stretch {
    const { min, max } = this.scale.bounds(condition);
    const half = this.#isWide ? 0.5 : 0;
    return {
      from: Number.isFinite(min) ? this.place(min - half) : 0,
      to: Number.isFinite(max) ? this.place(max + half) : 1,
    };
  }

  get #low(): Edge {
    return this.scale.first - 0.5;
  }
  get #high(): Edge {
    return this.scale.last + 0.5;
  }

  /** Where a stretch is cut into cells: at steps, all of them where they are few. */
  #cutAt({ from, to }: Stretch): Edge[] {
    const { binEdges, steps } = this.scale;
    if (from <= 0 && to >= 1) return this.#widened([...binEdges]);
    const edges = this.#widened(this.#isWide ? between(steps) : [...steps]);
    const places = edges.map((edge) => this.place(edge));
    const first = Math.max(0, places.filter((place) => place <= from).length - 1);
    const last = Math.min(edges.length - 1, edges.length - places.filter((p) => p >= to).length);
    const least = (to - from) / MAX_BINS;
    const cuts: Edge[] = [];
    let next = -Infinity;
    for (let i = first; i <= last; i++) {
      if (places[i] < next - least * 1e-6 && i < last) continue;
      cuts.push(edges[i]);
      next = places[i] + least;
    }
    return cuts.length < 2 ? edges.slice(Math.max(0, last - 1), last + 1) : cuts;
  }

  /** A wide value begins before it and ends after it. */
  #widened(edges: Edge[]): Edge[] {
    if (!this.#isWide) return edges;
    edges[0] = this.#low;
    edges[edges.length - 1] = this.#high;
    return edges;
  }

  #binByCode(): Uint16Array {
    const { edges, codeCount, last } = this.scale;
    const [bins, cuts] = [new Uint16Array(codeCount).fill(this.length + UNSEEN), this.#edges];
    let cell = -1;
    edges.forEach((edge, i) => {
      while (cell + 1 < cuts.length && cuts[cell + 1] <= edge) cell++;
      const isLast = cell === this.length && edge === last && cuts[cell] === last;
      const bin = isLast ? cell - 1 : cell;
      if (bin < 0 || bin >= this.length) return;
      bins[2 * i + 1] = bin;
      // What follows the very last edge is infinite.
      if (!isLast) bins[2 * i + 2] = bin;
    });
    bins[0] = this.negative;
    bins[codeCount - 2] = this.positive;
    bins[codeCount - 1] = this.missing;
    return bins;
  }
}

/** Both ends of integers, and what lies between each two. */
function between(steps: readonly Edge[]): Edge[] {
  return [steps[0], ...steps.slice(1).map((step) => step - 0.5), steps[steps.length - 1]];
}
