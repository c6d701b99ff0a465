/** The values of a row, so written that those that differ look different. */

import type { Category, Value } from "../protocol";
import { formatCategory } from "../values/format";
import type { KeyFormat } from "../values/keyformat";
import type { Row } from "./differences";

/** Digits of a number that is written as it is. */
const ALL_DIGITS = 17;

/** Null where a sample lacks the key. */
export function textsOf({ values }: Row, format: KeyFormat): (string | null)[] {
  const different = new Set(values.map((value) => JSON.stringify(value))).size;
  let texts = values.map((value) => textOf(value, format.value(value ?? null)));
  for (let digits = 4; digits <= ALL_DIGITS && new Set(texts).size < different; digits++) {
    texts = values.map((value) => textOf(value, closer(value, digits, format)));
  }
  return texts;
}

/** A number with so many digits, another value to its last. */
function closer(value: Value | undefined, digits: number, format: KeyFormat): string {
  if (typeof value !== "number" || format.type === "integer") return format.exact(value ?? null);
  return String(Number(value.toPrecision(digits)));
}

function textOf(value: Value | undefined, text: string): string | null {
  if (value === undefined) return null;
  if (value === null) return "null";
  const isFlat =
    Array.isArray(value) && value.every((item) => item === null || typeof item !== "object");
  return isFlat ? (value as Category[]).map(formatCategory).join(", ") || "(empty list)" : text;
}
