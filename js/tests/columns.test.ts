import { describe, expect, test } from "vitest";
import { ElementsColumn, RangeColumn, TextColumn, ValuesColumn } from "../src/columns";
import { groupKeys } from "../src/components/groups";
import { exactBound, parseBound } from "../src/components/bounds";
import { formatCondition } from "../src/format";
import type { ElementsHeader, RangeHeader } from "../src/protocol";
import { RangeScale } from "../src/scale";
import { parseSort, sortText } from "../src/sort";
import type { KeyView } from "../src/view";

const RANGE: RangeHeader = {
  kind: "range",
  number: "float",
  utc: false,
  edges: [0.01, 0.1, 1, 10, 100],
  extra: [],
  log: true,
  missing: 1,
  negative_infinite: 0,
  positive_infinite: 2,
};
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
    expect(column.scale.fraction(2)).toBeCloseTo(0.5);
    expect(column.scale.nearest(0.26)).toBe(1);
    const linear = column.scaled(false);
    expect(linear.scale.fraction(2)).toBeCloseTo(0.0099);
    expect(linear.scaled(true).scale.log).toBe(true);
    expect(new RangeColumn({ ...RANGE, log: false }).scaled(true).scale.log).toBe(false);
  });
});

describe("integers that no double holds", () => {
  const LONG = "9007199254740997";
  const edges = [0, 2 ** 53, 2 ** 54];
  const finite = { negative_infinite: 0, positive_infinite: 0 };
  const column = new RangeColumn({ ...RANGE, ...finite, number: "integer", edges });
  const condition = { min: LONG, max: null, missing: true };

  test("are left to the kernel as bounds", () => {
    expect(column.lookup(condition)).toBeNull();
    expect([column.extraEdges(condition), column.bounds(condition)]).toEqual([[], []]);
    expect(column.includeMissing).toBe(true);
    expect(column.thumbs({ ...condition, min: String(2n ** 54n) }).low).toBe(2);
  });

  test("are typed, and shown, to the last digit", () => {
    const open = { min: null, max: null, missing: false };
    expect(parseBound("9,007,199,254,740,997", "integer")).toBe(LONG);
    expect(parseBound("9,007,199,254,740,997", "float")).toBe(9007199254740996);
    expect(parseBound("-9007199254740997", "integer")).toBe(`-${LONG}`);
    expect(parseBound("9007199254740991", "integer")).toBe(9007199254740991);
    expect(column.scale.withBound(open, "min", LONG)).toEqual({ ...open, min: LONG });
    expect(column.scale.withBound(open, "max", "18014398509481983")?.max).toBe("18014398509481983");
    expect(column.scale.withBound(open, "max", "18014398509481990")).toBeNull();
    expect(formatCondition({ ...open, min: LONG }, "integer")).toBe("≥ 9,007,199,254,740,997");
  });
});

test("what is typed for a place on the scale has no digit too many", () => {
  expect(exactBound(0.1, "float")).toBe("0.1");
  expect(exactBound(Date.UTC(2024, 4, 10) * 1000, "datetime")).toBe("2024-05-10 00:00:00");
});

describe("typed bounds", () => {
  const open = { min: null, max: null, missing: false };
  const scale = new RangeScale(RANGE);

  test("are exact, and none at an end of the data", () => {
    expect(scale.withBound(open, "min", 0.123456789)).toEqual({ ...open, min: 0.123456789 });
    expect(scale.withBound(open, "min", 0.01)).toBeNull();
    expect(scale.withBound({ ...open, max: 5 }, "min", -3)).toEqual({ ...open, max: 5 });
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

test.each([
  [{ min: null, max: 0.29999999999999993, missing: false }, "< 0.3"],
  [{ min: 5.000000000000001, max: null, missing: true }, "> 5 or missing"],
  [{ min: 0.3, max: null, missing: false }, "≥ 0.3"],
  [{ min: 2, max: 2, missing: false }, "= 2"],
  [{ min: "inf", max: null, missing: false }, "infinite"],
  [{ query: "a < b" }, "a < b"],
  [{ contains: "" }, "not missing"],
  [{ in: ["dog", "", null] }, "dog, (empty), (missing)"],
])("%j is put into words", (condition, text) => {
  expect(formatCondition(condition, "float")).toBe(text);
});

test("numbers inside a dict have a group of their own, which the dict stands for", () => {
  const item = (key: string, type: string, group = "metadata") => ({ key, type, group }) as KeyView;
  const keys = [
    item("width", "integer", "dimensions"),
    item("gps", "dict"),
    item("gps.lat", "float"),
    item("note", "dict"),
    item("blur", "float"),
  ];
  const groups = groupKeys(keys).map(({ title, items }) => [title, ...items.map(({ key }) => key)]);
  expect(groups).toEqual([
    ["Dimensions", "width"],
    ["gps", "gps.lat"],
    ["Metadata", "note", "blur"],
  ]);
});

test.each(["blur", "-blur", "+blur", "--"])("the key %s can be sorted both ways", (key) => {
  for (const ascending of [true, false]) {
    expect(parseSort(sortText({ key, ascending }))).toEqual({ key, ascending });
  }
});
