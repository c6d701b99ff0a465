/** What a pointer on a two-thumb slider takes hold of, and where the thumbs go as it moves. */

import type { RangeScale } from "../scale";

type Scale = Pick<RangeScale, "edges" | "fraction" | "nearest">;
export type ThumbName = "low" | "high";

/** Indices into the scale's edges. */
export interface Window {
  low: number;
  high: number;
}

export interface Drag {
  /** "either": the thumbs have met, the first movement tells which one is meant. */
  grip: ThumbName | "both" | "either";
  /** The pointer at the press, as a fraction of the track. */
  origin: number;
  /** From the pointer to the thumb, so that a thumb does not jump when taken off-centre. */
  offset: number;
  /** The window at the press. */
  from: Window;
}

/** The thumb closer to the pointer; where they have met, the side of the pointer decides. */
export function nearer(scale: Scale, { low, high }: Window, at: number): ThumbName {
  const a = scale.fraction(low);
  const b = scale.fraction(high);
  return a === b
    ? at < a
      ? "low"
      : "high"
    : Math.abs(at - a) <= Math.abs(at - b)
      ? "low"
      : "high";
}

/** The drag that begins with a press at fraction `at`; `reach` is half a thumb's grab area as a fraction. */
export function press(scale: Scale, from: Window, at: number, reach: number): Drag {
  const thumb = nearer(scale, from, at);
  const offset = scale.fraction(from[thumb]) - at;
  const drag = { grip: thumb, origin: at, offset: 0, from };
  if (Math.abs(offset) <= reach) {
    return { ...drag, grip: from.low === from.high ? "either" : thumb, offset };
  }
  const inside = scale.fraction(from.low) < at && at < scale.fraction(from.high);
  const room = from.low > 0 || from.high < scale.edges.length - 1;
  return inside && room ? { ...drag, grip: "both" } : drag;
}

/** The drag once the pointer has moved to `at`: thumbs that have met part by the direction of the movement. */
export function decide(drag: Drag, at: number): Drag {
  if (drag.grip !== "either" || at === drag.origin) return drag;
  return { ...drag, grip: at < drag.origin ? "low" : "high" };
}

/** Where the window is when the pointer is at fraction `at`; thumbs meet but do not cross. */
export function dragged(scale: Scale, { grip, origin, offset, from }: Drag, at: number): Window {
  if (grip === "either") return from;
  if (grip !== "both") return moved(from, grip, scale.nearest(at + offset));
  const span = from.high - from.low;
  const low = scale.nearest(scale.fraction(from.low) + at - origin);
  const clamped = Math.min(low, scale.edges.length - 1 - span);
  return { low: clamped, high: clamped + span };
}

/** The window with one thumb at `index`, or as close as the other thumb lets it. */
export function moved({ low, high }: Window, thumb: ThumbName, index: number): Window {
  return thumb === "low"
    ? { low: Math.min(index, high), high }
    : { low, high: Math.max(index, low) };
}

const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -Infinity,
  End: Infinity,
};

/** How many steps a key moves a thumb; undefined for a key that is not the slider's. */
export const stepOf = (key: string): number | undefined => STEPS[key];
