/** What a pointer on a two-thumb slider takes hold of, and where the thumbs go as it moves. */

import type { RangeScale, Thumbs } from "../values/scale";

type Scale = Pick<RangeScale, "first" | "last" | "fraction" | "nearest" | "shifted">;
export type ThumbName = "low" | "high";

export interface Drag {
  /** "either": the thumbs have met, the first movement tells which one is meant. */
  grip: ThumbName | "both" | "either";
  /** The pointer at the press, as a fraction of the track. */
  origin: number;
  /** From the pointer to the thumb, so that a thumb does not jump when taken off-centre. */
  offset: number;
  /** Whether a thumb was taken, which stays until the pointer moves. */
  taken: boolean;
  /** The thumbs at the press. */
  from: Thumbs;
}

/** The thumb closer to the pointer; where they have met, the side of the pointer decides. */
export function nearer(scale: Scale, { low, high }: Thumbs, at: number): ThumbName {
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
export function press(scale: Scale, from: Thumbs, at: number, reach: number): Drag {
  const thumb = nearer(scale, from, at);
  const offset = scale.fraction(from[thumb]) - at;
  const drag = { grip: thumb, origin: at, offset: 0, taken: false, from };
  if (Math.abs(offset) <= reach) {
    const met = scale.fraction(from.low) === scale.fraction(from.high);
    return { ...drag, grip: met ? "either" : thumb, offset, taken: true };
  }
  const inside = scale.fraction(from.low) < at && at < scale.fraction(from.high);
  const room = from.low > scale.first || from.high < scale.last;
  return inside && room ? { ...drag, grip: "both", taken: true } : drag;
}

/** The drag once the pointer has moved to `at`: thumbs that have met part by the direction of the movement. */
export function decide(drag: Drag, at: number): Drag {
  if (drag.grip !== "either" || at === drag.origin) return drag;
  return { ...drag, grip: at < drag.origin ? "low" : "high" };
}

/** The thumbs that move, and where to, when the pointer is at fraction `at`; they meet but do not cross. */
export function dragged(scale: Scale, drag: Drag, at: number): Partial<Thumbs> {
  const { grip, origin, offset, from } = drag;
  if (grip === "either") return {};
  if (grip === "both") return scale.shifted(from, origin, at);
  return moved(from, grip, scale.nearest(at + offset));
}

/** One thumb at a value, or as close as the other thumb lets it. */
export function moved({ low, high }: Thumbs, thumb: ThumbName, value: number): Partial<Thumbs> {
  return thumb === "low" ? { low: Math.min(value, high) } : { high: Math.max(value, low) };
}

const STEPS = new Map([
  ["ArrowLeft", -1],
  ["ArrowDown", -1],
  ["ArrowRight", 1],
  ["ArrowUp", 1],
  ["PageDown", -10],
  ["PageUp", 10],
  ["Home", -Infinity],
  ["End", Infinity],
]);

/** How many steps a key moves a thumb; undefined for a key that is not the slider's. */
export const stepOf = (key: string): number | undefined => STEPS.get(key);
