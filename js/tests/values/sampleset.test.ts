import { expect, test } from "vitest";
import { SampleIds } from "../../src/values/ids";
import { SampleSet } from "../../src/values/sampleset";
import { random } from "../random";

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

test("equal sets are written alike, however they came about", () => {
  const set = SampleSet.of([1, 4999]).toggled(4999);
  expect(set.pack()).toEqual([1]);
  const many = Array.from({ length: 20_000 }, (_, id) => id);
  expect(SampleSet.of(many).with([1e6]).toggled(1e6).pack()).toBe(SampleSet.of(many).pack());
  expect(SampleSet.EMPTY.pack()).toEqual([]);
});

test("a few ids, and ids far apart, travel as they are", () => {
  expect(SampleSet.of([2 ** 52, 3]).pack()).toEqual([3, 2 ** 52]);
  const apart = Array.from({ length: 20_000 }, (_, i) => 5000 * i);
  expect(SampleSet.of(apart).pack()).toEqual(apart);
});

/** The same as in the tests of the Python side. */
test.each([
  [0, 16_000, "0:///////////////////X/w=="],
  [80_003, 96_000, "10000:Afj//////////////////9b/"],
])("the text of %i to %i", (start, end, text) => {
  const members = Array.from({ length: end - start }, (_, i) => start + i);
  expect(SampleSet.of(members).pack()).toBe(text);
  const set = SampleSet.unpack(text);
  expect(set.size).toBe(members.length);
  expect(members.every((id) => set.has(id))).toBe(true);
});

test("random sets come back, wherever they lie", () => {
  const next = random(7);
  for (const start of [0, 2 ** 40 + 5]) {
    for (const density of [0.001, 0.1, 0.5, 0.9, 1]) {
      const members = Array.from({ length: 30_000 }, (_, i) => start + i).filter(
        () => next(1000) < 1000 * density,
      );
      const set = SampleSet.unpack(SampleSet.of(members).pack());
      expect(set.size).toBe(members.length);
      expect(members.filter((id) => !set.has(id))).toEqual([]);
    }
  }
});

test("a selection of a million samples is a text of at most a third of a megabyte", () => {
  const next = random(3);
  const half = Array.from({ length: 1_000_000 }, (_, id) => id).filter(() => next(2));
  expect(SampleSet.of(half).pack().length).toBeLessThan(333_350);
  expect(SampleSet.of(half.map((_, i) => i)).pack().length).toBeLessThan(2000);
});

test.each(Array.from({ length: 10 }, (_, seed) => seed))("knows which rows it has, %i", (seed) => {
  const next = random(seed);
  const all = Array.from({ length: next(4000) }, () => next(20_000));
  const ids = Float64Array.from(new Set(all)).sort();
  const rows = seed % 2 ? new SampleIds(3000, 500) : new SampleIds(ids.length, ids);
  const set = SampleSet.of(all.filter(() => next(3) === 0));
  const mask = Array.from({ length: rows.count }, (_, row) => Number(set.has(rows.at(row))));
  expect([...set.among(rows)]).toEqual(mask);
});
