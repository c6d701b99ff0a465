/** Datetimes as text: microseconds since 1970 for people, and ISO 8601 for Python. */

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
export const DAY = 86_400 * SECOND;
const YEAR = 365 * DAY;

/** A time is cut to one of these, the finest first: its length in µs, and that of its text. */
const UNITS = [
  { unit: 1, length: 26 },
  { unit: 1000, length: 23 },
  { unit: SECOND, length: 19 },
  { unit: MINUTE, length: 16 },
  { unit: DAY, length: 10 },
  { unit: YEAR / 12, length: 7 },
  { unit: YEAR, length: 4 },
];
/** A range has at least so many of the units that its datetimes are cut to. */
const FEWEST = 120;
/** Years and months are for ranges that are longer by so much: days are what people know. */
const FEWEST_COARSE = 1000;

/** How the datetimes of one key are written: cut to what matters in its range. */
export class DatetimeFormat {
  readonly #ends: readonly [number, number];
  readonly #place: number;

  /** Without ends nothing is cut. */
  constructor(ends?: readonly [min: number, max: number]) {
    const [min, max] = ends ?? [0, 0];
    const fits = ({ unit }: { unit: number }): boolean =>
      max - min >= unit * (unit > DAY ? FEWEST_COARSE : FEWEST);
    this.#ends = [min, max];
    this.#place = Math.max(0, UNITS.filter(fits).length - 1);
  }

  /** The day that all its datetimes are of. */
  get day(): string | null {
    const [min, max] = this.#ends.map((end) => toIso(end).slice(0, 10));
    return this.#ends[0] < this.#ends[1] && min === max ? min : null;
  }

  /** Zeros that are exact are left out: 12:30:00 is 12:30, and midnight a date. */
  text(time: number, finer = 0): string {
    return cut(time, Math.max(0, this.#place - finer));
  }
}

function cut(time: number, place: number): string {
  const { unit, length } = UNITS[place];
  const full = toIso(time).replace("T", " ");
  if (unit >= DAY) return full.slice(0, length);
  if (time % DAY === 0) return full.slice(0, 10);
  const exact = UNITS.filter(({ unit }) => unit <= MINUTE && time % unit === 0);
  return full.slice(0, Math.min(length, exact[exact.length - 1].length));
}

/** A datetime in full, without what is zero: "2024-05-01 12:30:15.25 UTC". */
export function formatDatetime(iso: string): string {
  const [date, time, fraction, zone] = isoParts(iso);
  const seconds = `${time}${fraction ? `.${fraction.replace(/0+$/, "")}` : ""}`.replace(/\.$/, "");
  const shown = seconds === "00:00:00" ? "" : ` ${seconds.replace(/:00$/, "")}`;
  return `${date}${shown}${zone ? " UTC" : ""}`;
}

/** Python's first and last datetime in ms: what doubles round beyond them has no date. */
const FIRST_MS = Date.UTC(2000, 0, 1) - 86_400_000 * 730_119;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Microseconds since 1970 as ISO 8601 without a time zone, to the microsecond as Python writes it.
 */
export function toIso(microseconds: number): string {
  if (microseconds >= LAST_MS * 1000) return "9999-12-31T23:59:59.999999";
  const milliseconds = Math.max(FIRST_MS, Math.floor(microseconds / 1000));
  const rest = Math.max(0, Math.min(999, microseconds - milliseconds * 1000));
  return new Date(milliseconds).toISOString().replace("Z", String(rest).padStart(3, "0"));
}

/** Microseconds since 1970 of an ISO 8601 datetime; without a time zone it counts as UTC. */
export function fromIso(text: string): number {
  const [date, time, fraction, zone] = isoParts(text);
  return Date.parse(`${date}T${time}${zone || "Z"}`) * 1000 + Number(fraction.padEnd(6, "0"));
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?)?$/;

export function isIso(text: string): boolean {
  return ISO.test(text);
}

export function isoParts(
  text: string,
): [date: string, time: string, fraction: string, zone: string] {
  const match = ISO.exec(text);
  if (!match)
    throw new RangeError(`"${text}" is no ISO 8601 datetime, such as 2024-05-01T12:30:15`);
  const [, date, time = "00:00:00", fraction = "", zone = ""] = match;
  return [date, time, fraction, zone];
}
