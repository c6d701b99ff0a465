import { expect, test } from "vitest";
import { countMoved } from "../../src/engine/moved";
import { everything } from "../../src/engine/results";
import type { Result } from "../../src/engine/types";
import { random, shuffled } from "../random";

function shown(rows: number[] | null, rowCount: number): Result {
  const list = {
    first: 0,
    rows: rows && Uint32Array.from(rows),
    ascending: !rows,
    places: new Map(),
  };
  return { ...everything(rowCount), shown: rows ? rows.length : rowCount, list };
}

function moved(before: number[] | null, after: number[] | null, rowCount = 6): number {
  const counting = countMoved(shown(before, rowCount), shown(after, rowCount), rowCount);
  let next = counting.next();
  while (!next.done) next = counting.next();
  return next.value;
}

test("what is pushed aside has not moved", () => {
  expect(moved(null, null)).toBe(0);
  expect(moved(null, [5, 0, 1, 2, 3, 4])).toBe(1);
  expect(moved([0, 1, 2], [3, 0, 1, 2])).toBe(1);
  expect(moved([0, 1, 2, 3], [1, 2, 3])).toBe(1);
  expect(moved([0, 1, 2], [2, 1, 0])).toBe(2);
  expect(moved([], null)).toBe(6);
});

test("as few as can be are counted", () => {
  const numbers = random(1);
  for (let round = 0; round < 300; round++) {
    const pick = (): number[] => [...shuffled(6, numbers)].slice(numbers(4));
    const [before, after] = [pick(), pick()];
    expect(moved(before, after)).toBe(fewest(before, after));
  }
});

/** Tries all sets of rows that may stay. */
function fewest(before: number[], after: number[]): number {
  let most = 0;
  for (let set = 0; set < 64; set++) {
    const stays = (row: number): boolean => ((set >> row) & 1) === 1;
    const [one, other] = [before.filter(stays), after.filter(stays)];
    if (one.join() === other.join()) most = Math.max(most, one.length);
  }
  return new Set([...before, ...after]).size - most;
}
