/** Counts and texts as people read them. */

import { grouped } from "./numbers";
import type { Category, Value } from "../protocol";

/** "2,839". */
export function formatCount(count: number): string {
  return grouped(String(count));
}

/** "1 image", "2,839 images". */
export function formatImages(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "image" : "images"}`;
}

/** A value of a value list. */
export function formatCategory(value: Category): string {
  if (value === null) return "(missing)";
  return typeof value === "string" ? formatText(value) : String(value);
}

/** Characters that show nothing, or turn round what follows. */
const UNSEEN =
  /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A text of which all can be seen. */
export function formatText(text: string): string {
  if (text === "") return "(empty)";
  return isUnseen(text) ? "(blank)" : spelled(text);
}

/** Whether a value has nothing to show, so that words in brackets stand in for it. */
export function isUnseen(value: Value): boolean {
  return value === null || (typeof value === "string" && value.trim() === "");
}

/** As Python and JSON spell what cannot be seen. */
export function spelled(text: string): string {
  return text.replace(
    UNSEEN,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
