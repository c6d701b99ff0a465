/** In which keys samples differ, told as `DataFrame.compare` tells it: missing is like missing. */

import type { Value } from "../protocol";
import type { Detail } from "../view";

export interface Row {
  /** A key, inside dicts with its path, such as "gps.lat". */
  key: string;
  type: string;
  /** One per sample; undefined where it lacks the key. */
  values: (Value | undefined)[];
}

export interface Comparison {
  differing: Row[];
  same: Row[];
}

/** What differs by its nature, and so says least. */
const NAMES = ["file_name", "file_path_abs", "sample_id"];

/** The rows of samples in the order of the detail view, what only names a sample last; of dicts a row per path. */
export function compare(details: readonly Detail[]): Comparison {
  const rows = rowsOf(details).flatMap(unfolded);
  const differs = ({ values }: Row): boolean => values.some((value) => !isSame(value, values[0]));
  return { differing: rows.filter(differs), same: rows.filter((row) => !differs(row)) };
}

function rowsOf(details: readonly Detail[]): Row[] {
  const rows = new Map<string, Row>();
  const put = (sample: number, key: string, type: string, value: Value): void => {
    const row = rows.get(key) ?? { key, type, values: details.map(() => undefined) };
    row.values[sample] = value ?? undefined;
    rows.set(key, row);
  };
  details.forEach(({ fields }, at) => fields.forEach(([key, value]) => put(at, key, "", value)));
  details.forEach(({ metadata }, at) =>
    metadata.forEach(([key, type, value]) => put(at, key, type, value)),
  );
  const isName = ({ key, type }: Row): boolean => type === "" && NAMES.includes(key);
  const all = [...rows.values()];
  return [...all.filter((row) => !isName(row)), ...all.filter(isName)];
}

/** A dict as a row per path in it. */
function unfolded(row: Row): Row[] {
  if (
    !row.values.some(isDict) ||
    !row.values.every((value) => value === undefined || isDict(value))
  ) {
    return [row];
  }
  const dicts = row.values as (Record<string, Value> | undefined)[];
  const names = [...new Set(dicts.flatMap((dict) => Object.keys(dict ?? {})))];
  return names.flatMap((name) => {
    const values = dicts.map((dict) =>
      dict && Object.hasOwn(dict, name) ? dict[name] : undefined,
    );
    return unfolded({ key: `${row.key}.${name}`, type: "", values });
  });
}

/** An empty one has no paths. */
function isDict(value: Value | undefined): boolean {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.keys(value).length > 0;
}

function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(valueAt(one, key), valueAt(other, key)))
  );
}

const valueAt = (container: object, key: string): Value => container[key as never];
