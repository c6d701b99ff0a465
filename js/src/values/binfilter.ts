/** The range that a histogram's bin is. */

import type { RangeCondition } from "../protocol";
import { above } from "./numbers";
import type { RangeScale } from "./scale";

/**
 * The condition that the values of a bin meet, and those of another range where it is to be widened;
 * an end of the data is open. Null is all.
 */
export function binCondition(
  scale: RangeScale,
  bin: number,
  widened: RangeCondition | null,
): RangeCondition | null {
  const [from, next] = [scale.binEdges[bin], scale.binEdges[bin + 1]];
  // Bins are half-open, the last one is closed.
  const to = bin === scale.binCount - 1 ? next : -above(-next);
  const { min, max } = widened ? scale.bounds(widened) : { min: from, max: to };
  const [low, high] = [Math.min(min, from), Math.max(max, to)];
  const open = { min: null, max: null, missing: widened?.missing ?? false };
  const least = low <= scale.first ? open : (scale.withBound(open, "min", low) ?? open);
  return high >= scale.last
    ? least.min === null
      ? null
      : least
    : scale.withBound(least, "max", high);
}
