/** What lies on both sides of a cut; twin of `src/framegrid/grid/answers/cutting.py`. */

import type { CutReply, CutSide, NumberKind, Requests } from "../protocol";
import { toIso } from "../values/datetimes";
import { above } from "../values/numbers";
import { bound } from "./passing";
import type { Comparable } from "./table";

type Place = number | bigint;

/** Integers beyond travel as text. */
const MAX_EXACT = 2n ** 53n;

/** Of which kind the values are, and whether datetimes have a zone. */
export interface CutKind {
  number: NumberKind;
  utc: boolean;
}

/** Rows that have a value and pass, by it; ties in the order of the rows. */
export interface Ranking {
  values: Place[];
  ids: number[];
  missing: number;
}

/** @param passing by row, whether it is cut */
export function ranking(values: Comparable[], ids: number[], passing: Uint8Array): Ranking {
  const rows = [...values.keys()].filter((row) => passing[row]);
  const ranked = rows.filter((row) => values[row] !== null);
  const value = (row: number): Place => values[row] as Place;
  ranked.sort((a, b) => Number(value(a) > value(b)) - Number(value(a) < value(b)) || a - b);
  return {
    values: ranked.map(value),
    ids: ranked.map((row) => ids[row]),
    missing: rows.length - ranked.length,
  };
}

/** Answers a request from the ranking of what it cuts. */
export function cut(of: Ranking, kind: CutKind, body: Requests["cut"]["body"]): CutReply {
  const { samples = 0, percent = 0 } = body;
  const share = Math.max(1, halfEven((of.values.length * Math.abs(percent)) / 100));
  const given = bound(body.at) ?? -Infinity;
  const from = kind.number === "integer" ? whole(given) : given;
  const at = moved(of, kind, from, samples + share * Math.sign(percent));
  const below = countBelow(of.values, at);
  const count = of.values.length - below;
  return {
    at: of.values.length || at !== -Infinity ? written(at, kind) : null,
    missing: of.missing,
    below: side(below, body.below, (place) => nearestBelow(of, below, place)),
    above: side(count, body.above, (place) => of.ids[below + place]),
  };
}

function moved({ values }: Ranking, { number }: CutKind, at: Place, by: number): Place {
  const here = countBelow(values, at);
  if (by === 0 || here === (by > 0 ? values.length : 0)) return at;
  let place = Math.max(0, here + by);
  if (by > 0) place = Math.max(place, countUpTo(values, values[here]));
  if (place < values.length) return values[place];
  const greatest = values[values.length - 1];
  if (number === "float") return above(Number(greatest));
  return BigInt(greatest) + 1n;
}

/** Ids ascend among equal values. */
function nearestBelow({ values, ids }: Ranking, below: number, place: number): number {
  const at = below - 1 - place;
  const value = values[at];
  return ids[countBelow(values, value) + countUpTo(values, value) - 1 - at];
}

function side(count: number, [first, last]: number[], idAt: (place: number) => number): CutSide {
  const length = Math.max(0, Math.min(last, count) - first);
  return { count, ids: Array.from({ length }, (_, i) => idAt(first + i)) };
}

function written(at: Place, { number, utc }: CutKind): CutReply["at"] {
  if (number === "datetime" && at !== -Infinity) return toIso(Number(at)) + (utc ? "+00:00" : "");
  if (typeof at === "bigint") return at > MAX_EXACT || at < -MAX_EXACT ? String(at) : Number(at);
  if (!Number.isFinite(at)) return at > 0 ? "inf" : "-inf";
  return at;
}

/** The least integer that is no less. */
function whole(x: Place): Place {
  return typeof x === "number" ? Math.ceil(x) : x;
}

function countBelow(values: Place[], at: Place): number {
  return firstWhere(values, (value) => value >= at);
}

function countUpTo(values: Place[], at: Place): number {
  return firstWhere(values, (value) => value > at);
}

function firstWhere(values: Place[], isThere: (value: Place) => boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isThere(values[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** As Python rounds. */
function halfEven(x: number): number {
  const floor = Math.floor(x);
  return x - floor === 0.5 ? floor + (floor % 2) : Math.round(x);
}
