import { describe, expect, test } from "vitest";
import { RangeColumn } from "../../src/engine/codecolumns";
import { exactBound, parseBound } from "../../src/sidebar/bounds";
import { RangeScale } from "../../src/values/scale";
import { keyed, RANGE } from "../rangekey";

describe("integers that no double holds", () => {
  const LONG = "9007199254740997";
  const edges = [0, 2 ** 53, 2 ** 54];
  const finite = { negative_infinite: 0, positive_infinite: 0 };
  const column = new RangeColumn({ ...RANGE, ...finite, number: "integer", edges });
  const condition = { min: LONG, max: null, missing: true };

  test("are left to the kernel as bounds", () => {
    expect(column.lookup(condition)).toBeNull();
    expect([column.extraEdges(condition), column.bounds(condition)]).toEqual([[], []]);
    expect(column.scale.thumbs({ ...condition, min: String(2n ** 54n) }).low).toBe(2 ** 54);
  });

  test("are typed, and shown, to the last digit", () => {
    const open = { min: null, max: null, missing: false };
    expect(parseBound("9,007,199,254,740,997", "integer")).toBe(LONG);
    expect(parseBound("9,007,199,254,740,997", "float")).toBe(9007199254740996);
    expect(parseBound("-9007199254740997", "integer")).toBe(`-${LONG}`);
    expect(parseBound("9007199254740991", "integer")).toBe(9007199254740991);
    expect(column.scale.withBound(open, "min", LONG)).toEqual({ ...open, min: LONG });
    expect(column.scale.withBound(open, "max", "18014398509481983")?.max).toBe("18014398509481983");
    expect(column.scale.withBound(open, "max", "18014398509481990")?.max).toBe("18014398509481990");
    expect(keyed("integer").condition({ ...open, min: LONG })).toBe("≥ 9007199254740997");
  });
});

test("what is typed for a place on the scale has no digit too many", () => {
  expect(exactBound(0.1, "float")).toBe("0.1");
  expect(exactBound(Date.UTC(2024, 4, 10) * 1000, "datetime")).toBe("2024-05-10 00:00:00");
});

describe("typed bounds", () => {
  const open = { min: null, max: null, missing: false };
  const scale = new RangeScale(RANGE);

  test("are exact, and bounds also at an end of the data and beyond", () => {
    expect(scale.withBound(open, "min", 0.123456789)).toEqual({ ...open, min: 0.123456789 });
    expect(scale.withBound(open, "min", 0.01)).toEqual({ ...open, min: 0.01 });
    expect(scale.withBound({ ...open, max: 5 }, "min", -3)).toEqual({ ...open, min: -3, max: 5 });
    expect(scale.withBound({ ...open, min: 5 }, "min", -Infinity)).toBeNull();
  });

  test("shut out infinity when it is there", () => {
    expect(scale.withBound(open, "max", 100)).toEqual({ ...open, max: 100 });
    expect(scale.withBound({ ...open, max: 100 }, "max", Infinity)).toBeNull();
    expect(scale.withBound(open, "min", Infinity)).toEqual({ ...open, min: "inf" });
  });

  test("of integers are rounded inwards", () => {
    const whole = new RangeScale({ ...RANGE, number: "integer", edges: [0, 5, 9] });
    expect(whole.withBound(open, "min", 2.5)).toEqual({ ...open, min: 3 });
    expect(whole.withBound(open, "max", 2.5)).toEqual({ ...open, max: 2 });
  });

  test.each([
    ["1,234.5", 1234.5],
    ["1,234,567", 1234567],
    ["1 234", 1234],
    ["1,5", undefined],
    ["1,2345", undefined],
    [" −2e-3 ", -0.002],
    [".5", 0.5],
    ["∞", Infinity],
    ["-inf", -Infinity],
    ["abc", undefined],
    ["", undefined],
    ["1.2.3", undefined],
  ])("%s is read as a number", (text, value) => {
    expect(parseBound(text, "float")).toBe(value);
  });

  test.each([
    ["2024", "2024-01-01T00:00:00Z"],
    ["2024-05", "2024-05-01T00:00:00Z"],
    ["2024-5-1 7:30", "2024-05-01T07:30:00Z"],
    ["2024-05-01T12:30:15 UTC", "2024-05-01T12:30:15Z"],
  ])("%s is read as a date", (text, iso) => {
    expect(parseBound(text, "datetime")).toBe(Date.parse(iso) * 1000);
  });

  test.each(["2024-04-31", "2024-13", "2024-05-01 25:00", "yesterday", ""])(
    "%s is no date",
    (text) => {
      expect(parseBound(text, "datetime")).toBeUndefined();
    },
  );

  test("keep microseconds", () => {
    expect(parseBound("1970-01-01 00:00:00.000125", "datetime")).toBe(125);
  });
});
