/** What people type as the bound of a range. */

import { fromIso, toIso } from "../values/datetimes";
import type { NumberKind } from "../protocol";

const INFINITE = /^([+-]?)(?:∞|inf|infinity)$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** As of an exposure time: "1/345 s". */
const FRACTION = /^(\d+\.?\d*)\/(\d+\.?\d*)$/;
const INTEGER = /^-?\d+$/;
/** Commas and what follows them, where each parts three digits: that of "1,5" does not. */
const GROUPS = /(?<=\d),(?=\d{3}(?!\d))/g;
const DATE =
  /^(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:[T ](\d\d?)(?::(\d\d)(?::(\d\d)(\.\d{1,6})?)?)?)?)?)?$/;

/**
 * A typed bound as the scale knows it, or an integer that no double holds as it is; undefined when
 * it is none.
 */
export function parseBound(text: string, number: NumberKind): number | string | undefined {
  if (number === "datetime") return parseDate(text.trim());
  const parsed = parseNumber(text.trim());
  const isLong = number === "integer" && Math.abs(parsed ?? 0) > Number.MAX_SAFE_INTEGER;
  const digits = plain(text.trim());
  return isLong && INTEGER.test(digits) ? String(BigInt(digits)) : parsed;
}

/** What to type for a place on the scale. */
export function exactBound(bound: number, number: NumberKind): string {
  if (number !== "datetime") return String(bound);
  return toIso(bound)
    .replace("T", " ")
    .replace(/\.?0+$/, "");
}

/** "1,234.5", "-1e-3", "∞", "1/345 s". */
function parseNumber(text: string): number | undefined {
  const digits = plain(text).replace(/(?<=\d)s$/i, "");
  const infinite = INFINITE.exec(digits);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  const [, part, whole] = FRACTION.exec(digits) ?? [];
  if (whole) return Number(part) / Number(whole);
  return NUMBER.test(digits) ? Number(digits) : undefined;
}

function plain(text: string): string {
  return text.replace(/[\s_]/g, "").replace(GROUPS, "").replace("−", "-");
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
