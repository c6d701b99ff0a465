/** Conditions that find samples like one, which the detail view offers beside each value. */

import { fromIso } from "../values/datetimes";
import type { Condition, Value } from "../protocol";
import type { KeyView } from "../view";

/** Part of a slider's steps on either side of a number within which others are like it. */
const NEAR = 1 / 20;

/** What finds samples with this value or one near it; null where nothing does. */
export function similar(item: KeyView | undefined, value: Value): Condition | null {
  if (!item || value === null || typeof value === "object") return null;
  if (item.kind === "values" && typeof value !== "number") return { in: [value] };
  if (value === "") return null;
  if (item.kind === "range" && typeof value !== "boolean") return near(item, value);
  return item.type === "string" ? { contains: value } : null;
}

/** What finds the lists that have this element. */
export function sharing(item: KeyView | undefined, element: Value): Condition | null {
  const listed = item?.type === "list" && element !== null && typeof element !== "object";
  return listed ? { contains: element } : null;
}

/** Some of the slider's steps around a number or datetime; where steps are few, it alone. */
function near({ range }: KeyView, value: number | string): Condition | null {
  const alone = { min: value, max: value, missing: false };
  if (!range) return alone;
  const { scale } = range;
  const x = typeof value === "number" || scale.number !== "datetime" ? +value : fromIso(value);
  if (!Number.isFinite(x)) return null;
  const steps = Math.floor((scale.steps.length - 1) * NEAR);
  if (steps < 1) return alone;
  const middle = scale.nearest(scale.fraction(x));
  return scale.narrowed(null, { low: scale.step(middle, -steps), high: scale.step(middle, steps) });
}
