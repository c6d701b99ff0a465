/** What people type as the bound of a range. */

import { fromIso } from "../format";
import type { NumberKind } from "../protocol";

const INFINITE = /^([+-]?)(?:∞|inf|infinity)$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const DATE =
  /^(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:[T ](\d\d?)(?::(\d\d)(?::(\d\d)(\.\d{1,6})?)?)?)?)?)?$/;

/** A typed bound as the scale knows it; undefined when it is none. */
export function parseBound(text: string, number: NumberKind): number | undefined {
  return number === "datetime" ? parseDate(text.trim()) : parseNumber(text.trim());
}

/** "1,234.5", "-1e-3", "∞". */
function parseNumber(text: string): number | undefined {
  const plain = text.replace(/[\s,_]/g, "").replace("−", "-");
  const infinite = INFINITE.exec(plain);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  return NUMBER.test(plain) ? Number(plain) : undefined;
}

/** "2024", "2024-05", "2024-05-01", "2024-05-01 12:30", "2024-05-01 12:30:15.25 UTC". */
function parseDate(text: string): number | undefined {
  const match = DATE.exec(text.replace(/\s*(?:UTC|Z)$/i, ""));
  if (!match) return undefined;
  const [, year, month = "1", day = "1", hour = "0", minute = "0", second = "0", part = ""] = match;
  const two = (digits: string): string => digits.padStart(2, "0");
  const date = `${year}-${two(month)}-${two(day)}`;
  const microseconds = fromIso(
    `${date}T${two(hour)}:${minute.padStart(2, "0")}:${two(second)}${part}`,
  );
  // The 31st of April would be the 1st of May.
  const exists =
    Number.isFinite(microseconds) && new Date(`${date}T00:00Z`).getUTCDate() === Number(day);
  return exists ? microseconds : undefined;
}
