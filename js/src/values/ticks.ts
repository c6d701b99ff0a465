/** Where an axis of a plot has its marks: round values, a few of them. */

import { DAY, fromIso, toIso } from "./datetimes";
import type { Edge } from "../protocol";
import type { PlotAxis, Stretch } from "./plotaxis";

/** So long a time is marked by one of these, in µs. */
const SECOND = 1_000_000;
const [MINUTE, HOUR] = [60 * SECOND, 3600 * SECOND];
const TIMES = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14].map((n) => n * DAY),
];
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

/** Round values in sight, at most about so many. */
export function ticks(axis: PlotAxis, stretch: Stretch, most: number): Edge[] {
  const { scale } = axis;
  if (!scale.steps.length) return [];
  if (scale.steps.length === 1) return [scale.first];
  const [from, to] = [Math.max(0, stretch.from), Math.min(1, stretch.to)];
  const [low, high] = [axis.valueAt(from), axis.valueAt(to)];
  const isTime = scale.number === "datetime";
  const all = scale.log
    ? roundPowers(low, high, most)
    : isTime
      ? times(low, high, most)
      : rounds(low, high, scale.number === "integer" ? 1 : 0, most);
  return thinned(
    all.filter((value) => value >= low && value <= high),
    (value) => axis.place(value),
    (to - from) / (most + 1),
  );
}

/** Multiples of 1, 2 or 5 times a power of ten, or of `least`. */
function rounds(low: number, high: number, least: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(least, [1, 2, 5, 10].find((n) => n * power >= rough * 0.999)! * power);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.min(1000, Math.floor(high / step + 1e-9) - first + 1);
  return Array.from({ length: Math.max(0, count) }, (_, i) => exact((first + i) * step));
}

/** Without what multiplying added. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

/** Powers of ten of both signs, with 2 and 5 times where there are few; linear where none is. */
function roundPowers(low: number, high: number, most: number): number[] {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const positives = [low, high].map(Math.abs).filter((x) => x > 0);
  const smallest = low < 0 && high > 0 ? largest / 1e6 : Math.min(...positives, largest);
  const [first, last] = [smallest, largest].map((x) => Math.floor(Math.log10(x)));
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const digits = powers.length > most / 2 ? [1] : [1, 2, 5];
  const sizes = powers.flatMap((power) => digits.map((digit) => exact(digit * 10 ** power)));
  const all = [...sizes.map((x) => -x).reverse(), 0, ...sizes];
  const inside = all.filter((value) => value >= low && value <= high);
  return inside.length > 1 ? inside : rounds(low, high, 0, most);
}

function times(low: Edge, high: Edge, most: number): Edge[] {
  const rough = (high - low) / Math.max(1, most);
  const unit = TIMES.find((length) => length >= rough);
  if (rough < SECOND) return rounds(low, high, 1, most);
  if (unit) {
    const first = Math.ceil(low / unit);
    const count = Math.floor(high / unit) - first + 1;
    return Array.from({ length: count }, (_, i) => (first + i) * unit);
  }
  const months = MONTHS.find((n) => n * 30 * DAY >= rough) ?? MONTHS[MONTHS.length - 1];
  const [year, month] = toIso(low).split("-").map(Number);
  const [last] = toIso(high).split("-").map(Number);
  const marks: Edge[] = [];
  const start = Math.floor((year * 12 + month - 1) / months) * months;
  for (let n = start; n <= last * 12 + 12 && n < 9999 * 12; n += months) {
    const [y, m] = [Math.floor(n / 12), (n % 12) + 1];
    const iso = `${String(y).padStart(4, "0")}-${String(m).padStart(2, "0")}-01`;
    if (y > 0) marks.push(fromIso(iso));
  }
  return marks;
}

/** Dates without the first of January or of the month that all of them have. */
export function shortened(texts: string[]): string[] {
  const end = ["-01-01", "-01"].find((end) => texts.every((text) => text.endsWith(end)));
  return end ? texts.map((text) => text.slice(0, -end.length)) : texts;
}

/** Without those that stand closer together than `least`. */
function thinned(values: Edge[], place: (value: Edge) => number, least: number): Edge[] {
  const kept: Edge[] = [];
  for (const value of values) {
    const before = kept[kept.length - 1];
    if (before === undefined || place(value) - place(before) >= least) kept.push(value);
  }
  return kept;
}
