/** The last change of a value, in a line. */

import type { LastChange } from "../protocol";
import { formatText } from "../values/format";
import type { KeyFormat } from "../values/keyformat";

const LONGEST = 60;

/** Such as "was 0.31, 17:05"; the day instead of the time where it was not today. */
export function lastChangeText(change: LastChange, format: KeyFormat, now: Date): string {
  return `was ${oldText(change, format)}, ${whenText(new Date(change.when), now)}`;
}

/** All of it, for who points at it. */
export function lastChangeTitle({ old, when, what }: LastChange): string {
  const done = old === null ? "Set" : "Changed";
  return `${done} by “${what}”, ${new Date(when).toLocaleString()}`;
}

function oldText({ old }: LastChange, format: KeyFormat): string {
  if (typeof old !== "object") return cut(format.nothing(old) || format.value(old));
  return cut(formatText(JSON.stringify(old)));
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function whenText(when: Date, now: Date): string {
  return when.toDateString() === now.toDateString()
    ? when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    : when.toLocaleDateString([], { day: "numeric", month: "short" });
}
