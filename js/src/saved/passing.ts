/** The rows of a saved page that pass a condition, by their values. */

import type { Condition, RangeCondition, Value } from "../protocol";
import { isRange, isUnder } from "../values/conditions";
import { fromIso, isIso } from "../values/datetimes";
import type { Comparable, SavedTable } from "./table";

/** By row, 1 passes; throws where only the kernel can tell. */
export function passing(table: SavedTable, key: string, condition: Condition): Uint8Array {
  if (isRange(condition)) {
    if (condition.min === null && condition.max === null) {
      const counts = (row: number): boolean => condition.missing || table.value(key, row) !== null;
      return Uint8Array.from(table.ids, (_, row) => Number(counts(row)));
    }
    const range = { ...condition, min: bound(condition.min), max: bound(condition.max) };
    return Uint8Array.from(table.comparables(key), (value) => Number(isWithin(value, range)));
  }
  const passes = predicate(condition);
  return Uint8Array.from(table.ids, (_, row) => Number(passes(table.value(key, row))));
}

/** A bound, or a cut, as values are compared; null is open. */
export function bound(given: RangeCondition["min"]): number | bigint | null {
  if (typeof given !== "string") return given;
  if (isIso(given)) return fromIso(given);
  const infinite = given === "inf" ? Infinity : -Infinity;
  return /^-?\d+$/.test(given) ? BigInt(given) : infinite;
}

interface Bounds {
  min: number | bigint | null;
  max: number | bigint | null;
  missing: boolean;
}

function isWithin(value: Comparable, { min, max, missing }: Bounds): boolean {
  if (value === null || typeof value === "string") return missing;
  return (min === null || value >= min) && (max === null || value <= max);
}

/** What a condition that needs the values themselves asks of one. */
function predicate(condition: Exclude<Condition, RangeCondition>): (value: Value) => boolean {
  if ("in" in condition) {
    const wanted: Value[] = condition.in;
    return (value) =>
      Array.isArray(value) ? value.some((item) => wanted.includes(item)) : wanted.includes(value);
  }
  if ("under" in condition) return isUnder(condition.under);
  if ("contains" in condition) {
    const part = condition.contains;
    return (value) =>
      Array.isArray(value)
        ? value.includes(part)
        : value !== null && String(value).toLowerCase().includes(String(part).toLowerCase());
  }
  throw new Error("this filter needs the kernel: open the notebook to use it");
}
