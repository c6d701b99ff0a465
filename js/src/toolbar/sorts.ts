/** What to sort by, one after the other: each a key once, or a shuffle alone. */

import { parseSort, seedOf, sortText } from "../values/sort";

type Sorts = readonly string[];

/** By a key alone; "" is none. */
export function only(key: string): Sorts {
  return key ? [sortText({ key, ascending: true })] : [];
}

/** Those that tie by a key, too; one that is among them already stays where it is. */
export function thenBy(sorts: Sorts, key: string): Sorts {
  const isThere = key === "" || sorts.some((sort) => parseSort(sort).key === key);
  return isThere ? sorts : [...sorts, ...only(key)];
}

export function turned(sorts: Sorts, at: number): Sorts {
  return sorts.map((sort, place) => {
    const { key, ascending } = parseSort(sort);
    return place === at ? sortText({ key, ascending: !ascending }) : sort;
  });
}

export function without(sorts: Sorts, at: number): Sorts {
  return sorts.filter((_, place) => place !== at);
}

const SEEDS = 10_000;

/** In another order than before. */
export function shuffled(sorts: Sorts, random = Math.random): Sorts {
  const seed = Math.floor(random() * SEEDS);
  const sort = `random:${seed}`;
  return [sort === sorts[0] ? `random:${seed + 1}` : sort];
}

/** Whether they are a shuffle; a key of such a name is a key. */
export function isShuffle([sort]: Sorts, keys: readonly string[]): boolean {
  return sort !== undefined && seedOf(sort, (key) => keys.includes(key)) !== null;
}
