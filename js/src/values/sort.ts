/** What to sort by: a key, after "-" when it descends; see `parse_sort` in `src/framegrid/grid/protocol.py`. */

import type { Sort as WireSort } from "../protocol";

export interface Sort {
  key: string;
  ascending: boolean;
}

/** A key that itself starts with a sign is written with one more. */
export function parseSort(sort: string): Sort {
  return { key: sort.replace(/^[+-]/, ""), ascending: !sort.startsWith("-") };
}

export function sortText({ key, ascending }: Sort): string {
  if (key === "") return "";
  return (ascending ? (/^[+-]/.test(key) ? "+" : "") : "-") + key;
}

const RANDOM = /^random:-?\d{1,19}$/;

/** The seed by which a sort shuffles, as text; null where it goes by a key, which may have any name. */
export function seedOf(sort: string, isKey: (key: string) => boolean): string | null {
  return RANDOM.test(sort) && !isKey(sort) ? sort.slice("random:".length) : null;
}

/** The keys whose values order the samples. */
export function sortKeys(sort: readonly string[], isKey: (key: string) => boolean): string[] {
  return sort.filter((by) => seedOf(by, isKey) === null).map((by) => parseSort(by).key);
}

/** What is sorted by, the foremost first; none for the dataset's order. */
export function sortsOf(sort: WireSort): readonly string[] {
  if (typeof sort !== "string") return sort;
  return sort === "" ? [] : [sort];
}

/** The sort of which `sortsOf` makes this. */
export function toSort(sorts: readonly string[]): WireSort {
  return sorts.length > 1 ? [...sorts] : (sorts[0] ?? "");
}
