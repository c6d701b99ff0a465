import { describe, expect, test } from "vitest";
import {
  ElementsColumn,
  RangeColumn,
  TextColumn,
  ValuesColumn,
} from "../../src/engine/codecolumns";
import { PRESENCE } from "../../src/values/conditions";
import type { ElementsHeader } from "../../src/protocol";
import { keyed, RANGE } from "../rangekey";

const TAGS: ElementsHeader = {
  kind: "elements",
  values: ["dog", 1, true],
  combinations: [[0], [0, 1], [2], []],
  missing: 3,
  distinct: 3,
};

describe("lists", () => {
  const column = new ElementsColumn(TAGS);

  test("pass by their elements, missing being one", () => {
    expect(column.lookup({ contains: "dog" })).toEqual(Uint8Array.of(1, 1, 0, 0, 0));
    expect(column.lookup({ contains: 1 })).toEqual(Uint8Array.of(0, 1, 0, 0, 0));
    expect(column.lookup({ in: [true, null] })).toEqual(Uint8Array.of(0, 0, 1, 0, 1));
    expect(column.lookup({ contains: "cat" })).toEqual(new Uint8Array(5));
  });

  test("count each element once per list", () => {
    expect(column.values).toEqual(["dog", 1, true, null]);
    expect(column.counts(Uint32Array.of(5, 4, 3, 2, 1))).toEqual([9, 4, 3, 1]);
  });

  test("of more elements than the codes tell apart are the kernel's", () => {
    const partial = new ElementsColumn({ ...TAGS, distinct: 4 });
    expect(partial.lookup({ contains: "cat" })).toBeNull();
    expect(partial.lookup({ contains: "dog" })).not.toBeNull();
  });
});

test("text knows only what is missing", () => {
  const column = new TextColumn({ kind: "text", missing: 2 });
  expect(column.lookup({ in: [null] })).toEqual(Uint8Array.of(0, 1));
  expect(column.lookup({ contains: "dog" })).toBeNull();
});

test("whatever a key holds, it can be asked for a value", () => {
  const values = new ValuesColumn({ kind: "values", values: ["a", "b"], missing: 1 });
  expect(values.lookup(PRESENCE)).toEqual(Uint8Array.of(1, 1, 0));
  expect(new ElementsColumn(TAGS).lookup(PRESENCE)).toEqual(Uint8Array.of(1, 1, 1, 1, 0));
  const many = new ElementsColumn({ ...TAGS, distinct: 9 });
  expect(many.lookup(PRESENCE)).toEqual(Uint8Array.of(1, 1, 1, 1, 0));
  expect(new TextColumn({ kind: "text", missing: 2 }).lookup(PRESENCE)).toEqual(
    Uint8Array.of(1, 0),
  );
});

test("values are the kernel's when it is a part of them that counts", () => {
  const column = new ValuesColumn({ kind: "values", values: ["a", "b"], missing: 0 });
  expect(column.lookup({ contains: "a" })).toBeNull();
  expect(column.lookup({ in: ["b", "c"] })).toEqual(Uint8Array.of(0, 1, 0));
});

describe("ranges", () => {
  const column = new RangeColumn(RANGE);
  const codes = (condition: Parameters<typeof column.lookup>[0]): number[] =>
    [...column.lookup(condition)!.keys()].filter((code) => column.lookup(condition)![code]);

  test("reach what is missing and what is infinite", () => {
    expect(codes({ in: [null] })).toEqual([11]);
    expect(codes({ min: "inf", max: null, missing: false })).toEqual([10]);
    expect(codes({ min: null, max: "-inf", missing: true })).toEqual([0, 11]);
  });

  test("are logarithmic where values spread, unless somebody chooses", () => {
    expect(column.scale.fraction(1)).toBeCloseTo(0.5);
    expect(column.scale.nearest(0.26)).toBe(0.1);
    const linear = column.scaled(false);
    expect(linear.scale.fraction(1)).toBeCloseTo(0.0099);
    expect(linear.scaled(true).scale.log).toBe(true);
    expect(new RangeColumn({ ...RANGE, log: false, knee: null }).scaled(true).scale.log).toBe(
      false,
    );
  });
});

test.each([
  [{ min: null, max: 0.29999999999999993, missing: false }, "< 0.3"],
  [{ min: 5.000000000000001, max: null, missing: true }, "> 5 or missing"],
  [{ min: 0.3, max: null, missing: false }, "≥ 0.3"],
  [{ min: 2, max: 2, missing: false }, "= 2"],
  [{ min: "inf", max: null, missing: false }, "infinite"],
  [{ query: "a < b" }, "a < b"],
  [{ contains: "" }, "has a value"],
  [{ in: ["dog", "", null] }, "dog, (empty), (missing)"],
])("%j is put into words", (condition, text) => {
  expect(keyed("float").condition(condition)).toBe(text);
});
