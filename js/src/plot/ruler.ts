/** Where the bins of an axis are on the screen, and what of an axis is in sight. */

import type { PlotAxis, Stretch } from "../values/plotaxis";

/** Which of the bins beside the plane there are. */
export interface Strips {
  missing: boolean;
  negative: boolean;
  positive: boolean;
}

/** Of the bins beside the plane, in px, and what is between them. */
const [STRIP, GAP] = [12, 3];
/** What of a map may be in sight at most. */
const WIDEST = 4;
const RADIANS = Math.PI / 180;
/** Nearer to the poles a degree of longitude is nothing. */
const NORTHERNMOST = 85;

/** An axis on the screen, in px from its beginning, which for y is below. */
export class Ruler {
  readonly axis: PlotAxis;
  readonly stretch: Stretch;
  /** Where the plane begins, and how long it is. */
  readonly start: number;
  readonly length: number;
  readonly #strips: Strips;

  constructor(axis: PlotAxis, stretch: Stretch, strips: Strips, px: number) {
    [this.axis, this.stretch, this.#strips] = [axis, stretch, strips];
    this.start = (Number(strips.missing) + Number(strips.negative)) * (STRIP + GAP);
    this.length = Math.max(1, px - this.start - Number(strips.positive) * (STRIP + GAP));
  }

  get end(): number {
    return this.start + this.length;
  }

  px(place: number): number {
    const { from, to } = this.stretch;
    return this.start + ((place - from) / (to - from)) * this.length;
  }

  place(px: number): number {
    const { from, to } = this.stretch;
    return from + ((px - this.start) / this.length) * (to - from);
  }

  /** From where to where a bin is, cut off at the ends of the plane; null where it is not in sight. */
  span(bin: number): readonly [number, number] | null {
    const { axis, start, end } = this;
    if (bin < axis.length) {
      const from = Math.max(start, this.px(axis.places[bin]));
      const to = Math.min(end, this.px(axis.places[bin + 1]));
      return to > from ? [from, to] : null;
    }
    if (bin === axis.missing && this.#strips.missing) return [0, STRIP];
    const before = start - GAP;
    if (bin === axis.negative && this.#strips.negative) return [before - STRIP, before];
    return bin === axis.positive && this.#strips.positive ? [end + GAP, end + GAP + STRIP] : null;
  }

  /** The bin at a place on the screen; -1 for none. */
  binAt(px: number): number {
    const { axis } = this;
    if (px >= this.start && px <= this.end) return axis.cellAt(this.place(px));
    const beside = [axis.missing, axis.negative, axis.positive];
    const isAt = (bin: number): boolean => {
      const [from, to] = this.span(bin) ?? [1, 0];
      return px >= from && px <= to;
    };
    return beside.find(isAt) ?? -1;
  }
}

/** By so much one step zooms out. */
export const ZOOM_STEP = 1.6;

/** A stretch by so much longer, with a place staying where it is; no shorter than a step or so. */
export function zoomed(axis: PlotAxis, { from, to }: Stretch, factor: number, at: number): Stretch {
  const least = Math.min(1, 1 / Math.max(1, axis.scale.steps.length));
  const span = Math.min(1, Math.max(least, (to - from) * factor));
  return within({ from: at - ((at - from) / (to - from)) * span, to: 0 }, span);
}

/** A stretch moved by so much, as far as there is an axis. */
export function moved({ from, to }: Stretch, by: number): Stretch {
  return within({ from: from + by, to }, to - from);
}

function within({ from }: Stretch, span: number): Stretch {
  const start = Math.max(0, Math.min(1 - span, from));
  return { from: start, to: start + span };
}

/**
 * The stretches of a map, where a degree of longitude is as long as one of latitude times its
 * cosine: what is in sight already stays so.
 */
export function squared(
  [x, y]: readonly [PlotAxis, PlotAxis],
  [across, up]: readonly [Stretch, Stretch],
  width: number,
  height: number,
): [Stretch, Stretch] {
  const middle = Math.min(NORTHERNMOST, Math.abs(y.valueAt((up.from + up.to) / 2)));
  const degrees = (axis: PlotAxis): number => axis.valueAt(1) - axis.valueAt(0) || 1;
  // The same length on the screen, as a part of either axis.
  const ratio = degrees(y) / (degrees(x) * Math.cos(middle * RADIANS));
  const wanted = ((up.to - up.from) * ratio * width) / height;
  const span = across.to - across.from;
  if (wanted >= span) return [around(across, wanted), up];
  return [across, around(up, (span * height) / (ratio * width))];
}

function around({ from, to }: Stretch, span: number): Stretch {
  const [middle, half] = [(from + to) / 2, Math.min(span, WIDEST * 1e6) / 2];
  return { from: middle - half, to: middle + half };
}
