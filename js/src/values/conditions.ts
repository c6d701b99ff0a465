/**
 * Conditions and what they ask for, and the filters trait, which is the question: a condition by key.
 *
 * Whatever else is said of a filter follows from it and the data. Conditions are never modified.
 */

import type {
  Category,
  Condition,
  InCondition,
  RangeCondition,
  Value,
  WireFilters,
} from "../protocol";

/** Keys may have any name, such as `constructor`. */
export type Filters = ReadonlyMap<string, Condition>;

/** What the trait holds; a condition that is the same as before stays the same object. */
export function fromWire(wire: WireFilters, before: Filters): Filters {
  return new Map(
    Object.entries(wire).map(([key, condition]) => {
      const known = before.get(key);
      return [key, known && isSame(known, condition) ? known : condition];
    }),
  );
}

export function toWire(filters: Filters): WireFilters {
  return Object.fromEntries(filters);
}

/** The filters with another condition on a key; null is none. */
export function withCondition(filters: Filters, key: string, condition: Condition | null): Filters {
  const others = new Map(filters);
  if (condition) others.set(key, condition);
  else others.delete(key);
  return others;
}

/** Whether two conditions say the same. */
export function isSame(a: Condition | undefined, b: Condition | undefined): boolean {
  if (a === b || !a || !b) return a === b;
  if ("in" in a) return "in" in b && areSame(a.in, b.in);
  if ("under" in a) return "under" in b && a.under === b.under;
  if ("contains" in a) return "contains" in b && a.contains === b.contains;
  if ("query" in a) return "query" in b && a.query === b.query;
  return "missing" in b && a.min === b.min && a.max === b.max && a.missing === b.missing;
}

/** Whether two lists have the same items in the same order. */
export function areSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** Whether a range condition, or none, lets missing pass. */
export function includesMissing(condition: Condition | null): boolean {
  if (!condition) return true;
  return isRange(condition) ? condition.missing : wantedOf(condition).includes(null);
}

/** The values that a condition asks for. */
export function wantedOf(condition: Condition | null): Category[] {
  if (!condition) return [];
  return isIn(condition) ? condition.in : isContains(condition) ? [condition.contains] : [];
}

export function isRange(condition: Condition): condition is RangeCondition {
  return "missing" in condition;
}

/** "Has a value": nothing is shut out but what is missing. */
export const PRESENCE: RangeCondition = { min: null, max: null, missing: false };

/** Whether a condition asks for a value, whatever it is; keys of every kind may have it. */
export function isPresence(condition: Condition): boolean {
  if (!isRange(condition)) return false;
  return condition.min === null && condition.max === null && !condition.missing;
}

export function isIn(condition: Condition): condition is InCondition {
  return "in" in condition;
}

/** Whether a folder is this one or in it. */
export function isUnder(folder: string): (value: Value) => boolean {
  return (value) => value === folder || String(value).startsWith(`${folder}/`);
}

export function isContains(
  condition: Condition,
): condition is { contains: Exclude<Category, null> } {
  return "contains" in condition;
}

export function isOnlyMissing(condition: Condition): boolean {
  return isIn(condition) && condition.in.length === 1 && condition.in[0] === null;
}
