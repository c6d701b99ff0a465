/** How the values of one key are written: the same at its slider, in chips, captions and details. */

import { DatetimeFormat, formatDatetime, fromIso, isIso, isoParts, toIso } from "./datetimes";
import { formatCategory, formatText, isUnseen, spelled } from "./format";
import { areNeighbours, grouped, NumberFormat, withoutNoise } from "./numbers";
import type { Category, ColumnInfo, Condition, Edge, RangeCondition, Value } from "../protocol";

/** What is known of a key; of numbers and datetimes the finite ends of its range. */
export interface KeyDescription {
  key: string;
  /** The public type name; "" when it is unknown. */
  type: string;
  /** That of a built-in tells it from metadata of the same name. */
  group?: ColumnInfo["group"];
  /** Least and greatest value; null where there is none, or nobody has looked. */
  ends: readonly [Value, Value] | null;
}

/** The last parts of keys that are exposure times in s, as photographers write them. */
const EXPOSURE = /(?:^|\.)exposure_?time$/i;
/** Exposures that are longer, in s, are no fractions. */
const LONG_EXPOSURE = 0.3;
const SECOND = 1_000_000;
/** Digits more that tell an end from the step next to it. */
const MOST = 14;

export class KeyFormat {
  readonly type: string;
  readonly #isExposure: boolean;
  readonly #isId: boolean;
  /** Whether its values are folders: "" is the one that all others are in. */
  readonly #isFolder: boolean;
  readonly #ends: KeyDescription["ends"];
  /** The ends of the slider and the steps next to them, to each other. */
  readonly #beside: ReadonlyMap<number, number>;
  readonly #numbers: NumberFormat;
  readonly #datetimes: DatetimeFormat;

  /** `edges` are the slider's, where they are known. */
  constructor({ key, type, group, ends }: KeyDescription, edges: readonly Edge[] = []) {
    this.type = type;
    this.#isId = key === "sample_id";
    this.#isFolder = key === "folder" && group === "files";
    this.#isExposure = type === "float" && EXPOSURE.test(key);
    const known = ends?.map((end) => placeOf(end, type)) ?? [edges[0], edges[edges.length - 1]];
    const range = known.every(Number.isFinite) ? (known as [number, number]) : undefined;
    this.#numbers = new NumberFormat(type === "datetime" ? undefined : range);
    this.#datetimes = new DatetimeFormat(type === "datetime" ? range : undefined);
    this.#beside = new Map([...besides(edges), ...besides([...edges].reverse())]);
    this.#ends = ends;
  }

  /** A value in one line; missing is "". */
  value(value: Value): string {
    if (value === null) return "";
    // A tile may still have a value of the key sorted by before.
    const isTime = this.type === "datetime";
    if (typeof value === "number") return isTime ? this.#numbers.text(value) : this.place(value);
    if (typeof value === "object") return spelled(JSON.stringify(value));
    if (typeof value === "boolean") return String(value);
    if (isTime && isIso(value)) return this.place(fromIso(value));
    if (this.type === "integer") return value;
    return this.type === "float" ? value.replace("inf", "∞") : this.category(value);
  }

  /** A value of a value list, or an element of lists. */
  category(value: Category): string {
    return this.#isFolder && value === "" ? "(top folder)" : formatCategory(value);
  }

  /** Words in brackets for a value that has nothing to show; "" for others. */
  nothing(value: Value): string {
    return isUnseen(value) ? this.category(value as Category) : "";
  }

  /** A value to the last digit. */
  exact(value: Value): string {
    if (typeof value === "number") return String(value);
    const isTime = this.type === "datetime" && typeof value === "string" && isIso(value);
    return isTime ? formatDatetime(value) : this.value(value);
  }

  /** A place on the slider's scale; an end is told from the step next to it. */
  place(x: Edge): string {
    const beside = this.#beside.get(x);
    const text = this.#text(x);
    if (beside === undefined || text !== this.#text(beside)) return text;
    const finer = Array.from({ length: MOST }, (_, more) => this.#text(x, more + 1));
    return finer.find((longer) => longer !== text && longer.length > text.length) ?? text;
  }

  #text(x: Edge, more = 0): string {
    if (this.type === "datetime" && Number.isFinite(x)) return this.#datetimes.text(x, more);
    if (this.#isId) return String(x);
    if (this.type === "integer" && Number.isInteger(x)) return this.#integer(x);
    return this.#isExposure && x > 0 && x < Infinity
      ? exposure(x, more)
      : this.#numbers.text(x, more);
  }

  /** Both ends of a range; datetimes of one day without it, for it to be said once. */
  ends(min: Edge, max: Edge): { min: string; max: string; day?: string } {
    const [low, high] = [
      this.long(min, "min") ?? this.place(min),
      this.long(max, "max") ?? this.place(max),
    ];
    const day = this.type === "datetime" ? this.#datetimes.day : null;
    if (!day || min === max) return { min: low, max: high };
    return { min: timeOf(low), max: timeOf(high), day };
  }

  /** What a condition says after its key, such as "10 – 25 or missing". */
  condition(condition: Condition): string {
    if ("query" in condition) return formatText(condition.query);
    if ("in" in condition) {
      return condition.in.map((value) => this.category(value)).join(", ") || "none of its values";
    }
    if ("under" in condition) return `under ${formatText(condition.under)}`;
    if ("contains" in condition) {
      const part = condition.contains;
      return part === "" ? "has a value" : `contains ${spelled(JSON.stringify(part))}`;
    }
    const range = this.#range(condition);
    if (range === "") return condition.missing ? "anything" : "has a value";
    return condition.missing ? `${range} or missing` : range;
  }

  /** "" is everything. */
  #range({ min, max }: RangeCondition): string {
    if (min === "inf" || max === "-inf") return "infinite";
    const [below, above] = [this.#shutOut(min, -1), this.#shutOut(max, 1)];
    const [low, high] = [this.value(below ?? min), this.value(above ?? max)];
    if (min === null) return max === null ? "" : `${above === null ? "≤" : "<"} ${high}`;
    if (max === null) return `${below === null ? "≥" : ">"} ${low}`;
    if (low === high) return `= ${low}`;
    const day = this.type === "datetime" && low.slice(0, 11) === high.slice(0, 11);
    return `${low} – ${day && low.length > 11 ? timeOf(high) : high}`;
  }

  /**
   * What a bound beside it was meant to shut out, such as 0 by the smallest float above it, and a
   * second by the next microsecond; null where the bound itself was meant.
   */
  #shutOut(bound: RangeCondition["min"], direction: 1 | -1): number | string | null {
    if (typeof bound === "number") {
      const short = withoutNoise(bound);
      const isMeant = areNeighbours(short, bound) && this.#numbers.text(short) === String(short);
      return isMeant && (short - bound) * direction > 0 ? short : null;
    }
    if (bound === null || this.type !== "datetime") return null;
    const [beside, zone] = [fromIso(bound) + direction, isoParts(bound)[3]];
    return beside % SECOND ? null : toIso(beside) + zone;
  }

  /** Those that no double holds are no quantities: without separators they have room on a tile. */
  #integer(x: number): string {
    if (Number.isSafeInteger(x)) return grouped(String(x || 0));
    return this.long(x, "min") ?? this.long(x, "max") ?? BigInt(x).toString();
  }

  /** The least or the greatest of long integers, where `x` is the double nearest to it. */
  long(x: Edge, side: "min" | "max"): string | null {
    const end = this.#ends?.[side === "min" ? 0 : 1];
    return this.type === "integer" && typeof end === "string" && Number(end) === x ? end : null;
  }
}

/** Of a key of which nothing is known, such as the elements of lists. */
export const PLAIN = new KeyFormat({ key: "", type: "", ends: null });

/** The first two to each other: an end and the step next to it. */
function besides([first, second]: readonly Edge[]): [Edge, Edge][] {
  return second === undefined
    ? []
    : [
        [first, second],
        [second, first],
      ];
}

function placeOf(end: Value, type: string): number {
  return type === "datetime" && typeof end === "string" ? fromIso(end) : Number(end);
}

/** Seconds as 1/345 s, or 2.5 s; with so many digits `more`. */
function exposure(x: number, more: number): string {
  if (x >= LONG_EXPOSURE) return `${EXPOSURES.text(x, more)} s`;
  const parts = 1 / x;
  const digits = Math.max(3, String(Math.round(parts)).length) + more;
  return `1/${Number(parts.toPrecision(digits))} s`;
}
const EXPOSURES = new NumberFormat([0, 1000]);

/** Of a datetime that is written with its day. */
function timeOf(text: string): string {
  return text.slice(11) || "00:00";
}
