/** How deep a value goes, and with that how much room it takes in the detail view. */

import { formatCategory } from "../values/format";
import type { Category, Value } from "../protocol";

/** Characters from which a text scrolls by itself. */
const LONG = 400;

const isScalar = (item: Value): item is Category => item === null || typeof item !== "object";

/** A list of scalars. */
export const isFlat = (item: Value): item is Category[] =>
  Array.isArray(item) && item.every(isScalar);

export const isEmpty = (item: Value): boolean =>
  typeof item === "object" && item !== null && Object.keys(item).length === 0;

/** Lists of lists and dicts are dicts by position. */
export const isNested = (item: Value): boolean =>
  !isScalar(item) && !isFlat(item) && !isEmpty(item);

/** Whether a value stands in a box of its own. */
export const isTall = (item: Value): boolean => isNested(item) || isLong(item);

/** Whether a text, or the elements of a list in a row, scroll by themselves. */
export function isLong(item: Value): boolean {
  const text = isFlat(item) ? item.map(formatCategory).join(", ") : item;
  return typeof text === "string" && text.length > LONG;
}
