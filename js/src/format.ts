/** Values as text for people, and datetimes as text for Python. */

import type { Category, Condition, Edge, NumberKind, RangeCondition, Value } from "./protocol";

/** "2,839". */
export function formatCount(count: number): string {
  return grouped(String(count));
}

/** To which side a number may be rounded. */
export type Rounding = "nearest" | "down" | "up";

const SHORT = 6;
/** More significant digits than these are float noise. */
const EXACT = 15;

/**
 * A number in at least `digits` significant digits, without float noise.
 *
 * A rounded number never looks like an exact one: it gets more digits until the last one is not 0,
 * and at least one after the decimal point.
 */
export function formatNumber(
  x: number,
  rounding: Rounding = "nearest",
  digits: number = SHORT,
): string {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "-∞";
  if (Number.isSafeInteger(x)) return grouped(String(x));
  const clean = withoutNoise(x);
  const wholeDigits = isPlain(clean) ? Math.floor(Math.log10(Math.abs(clean))) + 1 : 0;
  return decimal(shortened(clean, Math.max(digits, wholeDigits + 1), rounding));
}

/**
 * A place on a slider's scale; an end is rounded outwards, so that the range that is read holds
 * every value.
 */
export function formatEdge(edge: Edge, number: NumberKind, side?: "min" | "max"): string {
  if (number === "datetime") return formatDatetime(toIso(edge));
  return formatNumber(edge, side === "min" ? "down" : side === "max" ? "up" : "nearest");
}

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

/** So many characters there is room for under a slider. */
const FITTING = 12;

/** The end of a range of numbers, in few characters and rounded outwards where it is too long. */
function formatEnd(end: number, side: "min" | "max"): string {
  const rounding = side === "min" ? "down" : "up";
  const text = formatNumber(end, rounding);
  if (text.length <= FITTING || !Number.isFinite(end)) return text;
  return scientific(shortened(end, SHORT, rounding));
}

/**
 * Both ends of a range in few characters. Datetimes are rounded outwards to what matters between
 * them, and say the `day` apart where they share it.
 */
export function formatEnds(
  { min, max }: { min: Edge; max: Edge },
  number: NumberKind,
): { min: string; max: string; day?: string } {
  if (number !== "datetime") return { min: formatEnd(min, "min"), max: formatEnd(max, "max") };
  if (min === max) return { min: formatEdge(min, number), max: formatEdge(max, number) };
  const unit = max - min < 60 * SECOND ? 1 : max - min < DAY ? SECOND : 60 * SECOND;
  const [low, high] = [Math.floor(min / unit) * unit, Math.ceil(max / unit) * unit];
  const [from, to] = [formatDatetime(toIso(low)), formatDatetime(toIso(high))];
  if (Math.floor(low / DAY) !== Math.floor(high / DAY)) return { min: from, max: to };
  const [day] = to.split(" ");
  return { min: from.slice(day.length + 1) || "00:00", max: to.slice(day.length + 1), day };
}

/** What a condition says after its key, such as "10 – 25 or missing"; `type` is the key's. */
export function formatCondition(condition: Condition, type: string): string {
  if ("query" in condition) return formatText(condition.query);
  if ("in" in condition) return condition.in.map(formatCategory).join(", ") || "none of its values";
  if ("contains" in condition) return formatContains(condition.contains);
  const { min, max } = condition;
  if (min === "inf" || max === "-inf")
    return condition.missing ? "infinite or missing" : "infinite";
  if (min === null && max === null) return condition.missing ? "anything" : "not missing";
  const [below, above] = [shutOut(min, -1, type), shutOut(max, 1, type)];
  const [low, high] = [formatValue(below ?? min, type), formatValue(above ?? max, type)];
  let range = low === high ? `= ${low}` : `${low} – ${high}`;
  if (min === null) range = `${above === null ? "≤" : "<"} ${high}`;
  if (max === null) range = `${below === null ? "≥" : ">"} ${low}`;
  return condition.missing ? `${range} or missing` : range;
}

/**
 * What a bound beside it was meant to shut out, such as 0 by the smallest float above it, and a
 * second by the next microsecond; null where the bound itself was meant.
 */
function shutOut(
  bound: RangeCondition["min"],
  direction: 1 | -1,
  type: string,
): number | string | null {
  if (typeof bound === "number") {
    const short = withoutNoise(bound);
    return (short - bound) * direction > 0 ? short : null;
  }
  if (bound === null || type !== "datetime") return null;
  const [beside, zone] = [fromIso(bound) + direction, isoParts(bound)[3]];
  return beside % SECOND ? null : toIso(beside) + zone;
}

function formatContains(part: Exclude<Category, null>): string {
  return part === "" ? "not missing" : `contains ${spelled(JSON.stringify(part))}`;
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
function spelled(text: string): string {
  return text.replace(
    UNSEEN,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * A value in one short line; missing is "". With its key's `type`, datetimes and large numbers sent
 * as text are readable too.
 */
export function formatValue(value: Value, type?: string): string {
  return formatAs(value, type, SHORT, undefined);
}

/** A value for a tile, where a number may look rounder than it is. */
export function formatBrief(value: Value, type?: string): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return formatValue(value, type);
  const wholeDigits = String(Math.trunc(Math.abs(value))).length;
  return formatNumber(Number(value.toPrecision(Math.max(SHORT, wholeDigits))));
}

/** A value in full, lists and dicts on several lines. */
export function formatFull(value: Value, type?: string): string {
  return formatAs(value, type, EXACT, 2);
}

function formatAs(value: Value, type: string | undefined, digits: number, indent?: number): string {
  if (value === null) return "";
  if (typeof value === "number") return formatNumber(value, "nearest", digits);
  if (typeof value === "object") return spelled(JSON.stringify(value, null, indent));
  if (typeof value === "boolean") return String(value);
  // A tile may still have a value of the key sorted by before.
  if (type === "datetime" && ISO.test(value)) return formatDatetime(value);
  if (type === "integer") return grouped(value);
  return type === "float" ? value.replace("inf", "∞") : formatText(value);
}

/**
 * ISO 8601 without what is zero: "2024-05-01", "2024-05-01 12:30", "2024-05-01 12:30:15.25 UTC".
 */
function formatDatetime(iso: string): string {
  const [date, time, fraction, zone] = isoParts(iso);
  const seconds = `${time}${fraction ? `.${fraction.replace(/0+$/, "")}` : ""}`.replace(/\.$/, "");
  const shown = seconds === "00:00:00" ? "" : ` ${seconds.replace(/:00$/, "")}`;
  return `${date}${shown}${zone ? " UTC" : ""}`;
}

/**
 * Microseconds since 1970 as ISO 8601 without a time zone, to the microsecond as Python writes it.
 */
export function toIso(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000);
  const rest = microseconds - milliseconds * 1000;
  return new Date(milliseconds).toISOString().replace("Z", String(rest).padStart(3, "0"));
}

/** Microseconds since 1970 of an ISO 8601 datetime; without a time zone it counts as UTC. */
export function fromIso(text: string): number {
  const [date, time, fraction, zone] = isoParts(text);
  return Date.parse(`${date}T${time}${zone || "Z"}`) * 1000 + Number(fraction.padEnd(6, "0"));
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?)?$/;

function isoParts(text: string): [date: string, time: string, fraction: string, zone: string] {
  const match = ISO.exec(text);
  if (!match)
    throw new RangeError(`"${text}" is no ISO 8601 datetime, such as 2024-05-01T12:30:15`);
  const [, date, time = "00:00:00", fraction = "", zone = ""] = match;
  return [date, time, fraction, zone];
}

/** The largest doubles round to infinity: they stay. The smallest is the neighbour of 0. */
function withoutNoise(x: number): number {
  if (Math.abs(x) === Number.MIN_VALUE) return 0;
  const rounded = Number(x.toPrecision(EXACT));
  return Number.isFinite(rounded) ? rounded : x;
}

/** `x` to at least `digits` significant digits: as many as tell it from an exact number, or all. */
function shortened(x: number, digits: number, rounding: Rounding): number {
  for (let count = digits; count < EXACT; count++) {
    const [rounded, looksExact] = round(x, count, rounding);
    if (rounded === x || (!looksExact && Number.isFinite(rounded))) return rounded;
  }
  return x;
}

/** `x` to `digits` significant digits, and whether the last of them is 0. */
function round(
  x: number,
  digits: number,
  rounding: Rounding,
): [rounded: number, looksExact: boolean] {
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  const scale = Number(exponent) - digits + 1;
  let units = Number(mantissa.replace(".", ""));
  const nearest = Number(`${units}e${scale}`);
  if (rounding === "down" && nearest > x) units--;
  if (rounding === "up" && nearest < x) units++;
  return [Number(`${units}e${scale}`), units % 10 === 0];
}

/** Whether a number is written without an exponent. */
function isPlain(x: number): boolean {
  return x === 0 || (Math.abs(x) >= 1e-6 && Math.abs(x) < 1e15);
}

/** The shortest text that means exactly `x`. */
function decimal(x: number): string {
  return isPlain(x) ? grouped(String(x)) : scientific(x);
}

function scientific(x: number): string {
  return x.toExponential().replace("e+", "e");
}

/** A decimal number with thousands separators in its whole part. */
function grouped(text: string): string {
  return text.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
}
