import { expect, test } from "vitest";
import { SampleSet } from "../src/sampleset";
import { random } from "./random";

const ids = (set: SampleSet, most = 5000): number[] =>
  Array.from({ length: most }, (_, id) => id).filter((id) => set.has(id));

test("a set holds what was put in", () => {
  const set = SampleSet.of([3, 900, 8, 3]);
  expect(set.size).toBe(3);
  expect(ids(set)).toEqual([3, 8, 900]);
  expect(set.has(901)).toBe(false);
  expect(set.has(1_000_000)).toBe(false);
});

test.each([
  ["nothing", [], -1],
  ["the first", [0], 0],
  ["several", [77, 13, 4000], 13],
])("the smallest id of %s", (_, members, first) => {
  expect(SampleSet.of(members).first).toBe(first);
});

test("changes leave the set as it was", () => {
  const set = SampleSet.of([1, 2]);
  expect(ids(set.toggled(2))).toEqual([1]);
  expect(ids(set.toggled(9))).toEqual([1, 2, 9]);
  expect(ids(set.with([5]))).toEqual([1, 2, 5]);
  expect(ids(SampleSet.of([1, 2, 3, 4]).without(set))).toEqual([3, 4]);
  expect(ids(set)).toEqual([1, 2]);
});

test("equal sets have equal texts, however they came about", () => {
  const set = SampleSet.of([1, 4999]).toggled(4999);
  expect(set.pack()).toBe(SampleSet.of([1]).pack());
  expect(SampleSet.EMPTY.pack()).toBe("");
});

/** The same as in the tests of the Python side. */
test.each([
  [[], ""],
  [[0], "AQE="],
  [[1, 3], "AQo="],
  [Array.from({ length: 16 }, (_, id) => id), "Av8="],
  [[8 * 300], "/wAtAAEB"],
])("the text of %j", (members, text) => {
  expect(SampleSet.of(members).pack()).toBe(text);
  expect(ids(SampleSet.unpack(text))).toEqual(members);
});

test("random sets come back from their texts", () => {
  const next = random(7);
  for (const density of [0.001, 0.1, 0.5, 0.9, 1]) {
    const members = Array.from({ length: 5000 }, (_, id) => id).filter(
      () => next(1000) < 1000 * density,
    );
    expect(ids(SampleSet.unpack(SampleSet.of(members).pack()))).toEqual(members);
  }
});

test("a selection of a million samples is a text of at most a third of a megabyte", () => {
  const next = random(3);
  const half = Array.from({ length: 1_000_000 }, (_, id) => id).filter(() => next(2));
  expect(SampleSet.of(half).pack().length).toBeLessThan(333_334);
  expect(SampleSet.of(half.map((_, i) => i)).pack().length).toBeLessThan(2000);
});
