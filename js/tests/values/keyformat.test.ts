import { describe, expect, test } from "vitest";
import { parseBound } from "../../src/sidebar/bounds";
import { fromIso, toIso } from "../../src/values/datetimes";
import { KeyFormat, PLAIN } from "../../src/values/keyformat";
import type { Condition, NumberKind, Value } from "../../src/protocol";
import { random } from "../random";

function keyed(type: string, least: Value, greatest: Value, edges: number[] = [], key = "k") {
  return new KeyFormat({ key, type, ends: [least, greatest] }, edges);
}
const floats = (least: number, greatest: number): KeyFormat => keyed("float", least, greatest);
const unit = floats(0, 1);

describe("a float has the digits that its range calls for", () => {
  test.each([
    [0, 1, 0.5234123, "0.523"],
    [0, 1, 0.31, "0.31"],
    [0, 1, 0.1 + 0.2, "0.3"],
    [0, 1, -0, "0"],
    [0, 1, 0.9999999, "1.000"],
    [0, 1, 0.0004123, "0.000412"],
    [0, 1, 1.23456e-17, "1.23e-17"],
    [0, 100, 24.98, "25.0"],
    [0, 100, 25, "25"],
    [-90, 90, 48.8566, "48.9"],
    [48.8, 48.9, 48.8566123, "48.8566"],
    [0, 5000, 1234.5678, "1,235"],
    [0, 2e6, 1234567.891, "1,234,568"],
    [3, 836_102_822_712, 836_102_822_712, "8.36e11"],
    [3, 836_102_822_712, 3.7182818, "3.72"],
    [1, 1.000000000059, 1, "1"],
    [1, 1.000000000059, 1.000000000059, "1.000000000059"],
    [1, 1 + 2 ** -52, 1 + 2 ** -52, "1.0000000000000002"],
    [0.0001, 5000, 0.000123456, "0.000123"],
    [0.0001, 5000, 4321.987, "4,322"],
    [1e20, 9e25, 1.234567e25, "1.23e25"],
    [Math.PI, Math.PI, Math.PI, "3.14159"],
    [-Number.MAX_VALUE, Number.MAX_VALUE, Number.MAX_VALUE, "1.798e308"],
    [0, 1, Infinity, "∞"],
    [0, 1, NaN, "NaN"],
  ])("from %d to %d: %d is %s", (least, greatest, x, text) => {
    const format = floats(least, greatest);
    expect(format.value(x)).toBe(text);
    expect(format.place(x)).toBe(text);
  });
});

test.each([
  ["integer", 1, 5000, 4032, "4,032"],
  ["integer", 3, 836_102_822_712, 836_102_822_712, "836,102,822,712"],
  [
    "integer",
    "123456789012345677",
    "123456789012345678",
    "123456789012345677",
    "123456789012345677",
  ],
  ["float", 0, 1, "inf", "∞"],
  ["float", 0, 1, "-inf", "-∞"],
  ["datetime", "2019-03-01T10:00:00", "2024-05-01T12:30:15", "2024-04-01T12:30:00", "2024-04-01"],
  [
    "datetime",
    "2024-05-01T12:00:00+00:00",
    "2024-05-09T12:00:00+00:00",
    "2024-05-02T12:30:15+00:00",
    "2024-05-02 12:30",
  ],
])("of %s keys from %s to %s: %s is %s", (type, least, greatest, value, text) => {
  expect(keyed(type, least, greatest).value(value)).toBe(text);
});

test("the ends of long integers are told apart, though they are one double", () => {
  const [least, greatest] = ["900719925474099267", "900719925474099299"];
  const format = keyed("integer", least, greatest);
  expect(format.ends(Number(least), Number(greatest))).toEqual({
    min: "900719925474099267",
    max: "900719925474099299",
  });
});

test("a sample id is no quantity", () => {
  expect(new KeyFormat({ key: "sample_id", type: "", ends: null }).value(12345)).toBe("12345");
});

describe("exposure times are as photographers write them", () => {
  const format = keyed("float", 1 / 8000, 30, [], "exif.exposure_time");
  test.each([
    [1 / 345, "1/345 s"],
    [0.0028985507246376812, "1/345 s"],
    [1 / 8000, "1/8000 s"],
    [0.08, "1/12.5 s"],
    [0.11, "1/9.09 s"],
    [0.25, "1/4 s"],
    [0.5, "0.5 s"],
    [2.5, "2.5 s"],
    [30, "30 s"],
    [0, "0"],
  ])("%d is %s", (x, text) => {
    expect(format.value(x)).toBe(text);
    expect(parseBound(text, "float")).toBeCloseTo(x, 4);
  });
  test("to the last digit they are what they are", () => {
    expect(format.exact(1 / 345)).toBe(String(1 / 345));
  });
});

describe("datetimes are as short as their range allows", () => {
  test.each([
    ["0500-01-01", "2024-05-01", "1969-07-20T20:17:40", "1969"],
    ["1900-01-01", "2024-05-01", "1969-07-20T20:17:40", "1969-07"],
    ["2020-01-07", "2023-03-01", "2022-07-20T20:17:40", "2022-07-20"],
    ["2024-01-01", "2024-03-01", "2024-02-20T20:17:40", "2024-02-20 20:17"],
    ["2024-01-01", "2024-03-01", "2024-02-20T00:00:40", "2024-02-20 00:00"],
    ["2024-01-01", "2024-03-01", "2024-02-20T00:00:00", "2024-02-20"],
    ["2024-01-01T10:00:00", "2024-01-01T11:00:00", "2024-01-01T10:17:40", "2024-01-01 10:17:40"],
    [
      "2024-01-01T10:00:00",
      "2024-01-01T10:00:01",
      "2024-01-01T10:00:00.25",
      "2024-01-01 10:00:00.250",
    ],
    [
      "2024-01-01T10:00:01.25",
      "2024-01-01T10:00:01.25",
      "2024-01-01T10:00:01.25",
      "2024-01-01 10:00:01.250",
    ],
  ])("from %s to %s: %s is %s", (least, greatest, value, text) => {
    expect(keyed("datetime", least, greatest).value(value)).toBe(text);
  });

  test("those of one day say it once between the ends", () => {
    const [least, greatest] = ["2024-06-01T00:00:00", "2024-06-01T00:16:39.1"];
    const format = keyed("datetime", least, greatest);
    const ends = format.ends(fromIso(least), fromIso(greatest));
    expect(ends).toEqual({ min: "00:00", max: "00:16:39", day: "2024-06-01" });
  });

  test("the greatest is told from the step before it", () => {
    const [least, step, greatest] = ["2024-01-01", "2024-06-01", "2024-06-01T12:30:15"];
    const format = keyed("datetime", least, greatest, [least, step, greatest].map(fromIso));
    expect(format.place(fromIso(step))).toBe("2024-06-01");
    expect(format.place(fromIso(greatest))).toBe("2024-06-01 12:30");
  });
});

/** Steps as the kernel makes them: round numbers between two ends. */
function stepsBetween(least: number, greatest: number): number[] {
  const step = [1, 2, 2.5, 5, 10]
    .map((digit) => digit * 10 ** Math.floor(Math.log10((greatest - least) / 120)))
    .find((step) => (greatest - least) / step <= 120)!;
  const inner: number[] = [];
  const first = Math.ceil(least / step);
  for (let i = first; i * step < greatest; i++) inner.push(Number((i * step).toPrecision(12)));
  return [...new Set([least, ...inner, greatest])];
}

test("an end that is next to a step has a digit more", () => {
  const edges = [0.07147424, 0.0715, 0.072, 0.1238];
  const format = keyed("float", 0.07147424, 0.1238, edges);
  expect(edges.slice(0, 2).map((edge) => format.place(edge))).toEqual(["0.07147", "0.0715"]);
  const exposures = keyed("float", 1 / 345, 1, [1 / 345, 0.0029, 0.003, 1], "exposure_time");
  expect([1 / 345, 0.0029].map((x) => exposures.value(x))).toEqual(["1/345 s", "1/344.8 s"]);
});

test("no two steps of a slider look alike, and each says what it is to the key's resolution", () => {
  const next = random(7);
  const real = (): number => next(2 ** 32) / 2 ** 32;
  for (let i = 0; i < 500; i++) {
    const scale = 10 ** (next(24) - 10);
    const least = (real() - 0.5) * scale;
    const greatest = least + real() * scale * 10 ** -next(4);
    const steps = stepsBetween(least, greatest);
    const format = keyed("float", least, greatest, steps);
    const texts = steps.map((step) => format.place(step));
    expect(new Set(texts).size).toBe(steps.length);
    const slack = (greatest - least) / 1000;
    steps.forEach((step, place) => {
      expect(Math.abs((parseBound(texts[place], "float") as number) - step)).toBeLessThanOrEqual(
        slack,
      );
    });
  }
});

test("no two steps of a slider through dates look alike", () => {
  const next = random(11);
  for (let i = 0; i < 100; i++) {
    const span = 10 ** (3 + next(13)) * (1 + next(9));
    const least = next(2 ** 30) * 1e6 + next(1e6);
    const greatest = least + span;
    const unit = [1, 1e3, 1e6, 60e6, 3600e6, 86400e6, 7 * 86400e6].find(
      (unit) => span <= 120 * unit,
    );
    if (!unit) continue;
    const inner = Array.from({ length: 121 }, (_, k) => (Math.floor(least / unit) + k) * unit);
    const steps = [least, ...inner.filter((step) => step > least && step < greatest), greatest];
    const format = keyed("datetime", toIso(least), toIso(greatest), steps);
    const texts = steps.map((step) => format.place(step));
    expect(new Set(texts).size).toBe(steps.length);
    texts.forEach((text, place) => {
      const parsed = parseBound(text, "datetime") as number;
      expect(steps[place] - parsed).toBeGreaterThanOrEqual(0);
      expect(steps[place] - parsed).toBeLessThan(Math.max(1, span / 100));
    });
  }
});

test("the folder that all others are in is called so, and metadata of that name is not", () => {
  const folder = new KeyFormat({ key: "folder", type: "string", group: "files", ends: null });
  const given = new KeyFormat({ key: "folder", type: "string", group: "metadata", ends: null });
  expect([folder.value(""), folder.category(""), folder.nothing("")]).toEqual(
    Array(3).fill("(top folder)"),
  );
  expect(folder.condition({ in: ["", "cats", null] })).toBe("(top folder), cats, (missing)");
  expect([folder.value("cats"), folder.nothing("cats")]).toEqual(["cats", ""]);
  expect([given.value(""), given.category("")]).toEqual(["(empty)", "(empty)"]);
});

test("a number looks the same wherever it is shown", () => {
  const next = random(13);
  for (let i = 0; i < 200; i++) {
    const x = next(2 ** 32) / 2 ** 32;
    const text = unit.value(x);
    expect(unit.place(x)).toBe(text);
    expect(unit.ends(x, 1).min).toBe(text);
    expect(unit.condition({ min: x, max: null, missing: false })).toBe(`≥ ${text}`);
  }
});

describe("conditions", () => {
  test.each<[Condition, KeyFormat, string]>([
    [{ min: 10, max: 25, missing: false }, floats(0, 100), "10 – 25"],
    [{ min: 10, max: 25, missing: true }, floats(0, 100), "10 – 25 or missing"],
    [{ min: 0, max: null, missing: false }, unit, "≥ 0"],
    [{ min: null, max: 0.1 + 0.2, missing: false }, unit, "≤ 0.3"],
    [{ min: null, max: null, missing: false }, unit, "has a value"],
    [{ min: null, max: null, missing: true }, unit, "anything"],
    [{ min: 5e-324, max: null, missing: false }, unit, "> 0"],
    [{ min: null, max: -5e-324, missing: false }, unit, "< 0"],
    [{ min: 5e-324, max: 0.49999999999999994, missing: false }, unit, "0 – 0.5"],
    [{ min: "inf", max: null, missing: false }, unit, "infinite"],
    [{ min: "2024-05-01T00:00:00.000000", max: null, missing: false }, times(), "≥ 2024-05-01"],
    [{ min: "2024-05-01T00:00:00.000001", max: null, missing: false }, times(), "> 2024-05-01"],
    [
      { min: null, max: "2024-05-01T23:59:59.999999+00:00", missing: true },
      times(),
      "< 2024-05-02 or missing",
    ],
    [
      { min: "2024-05-01T00:00:00", max: "2024-05-01T23:59:59.999999", missing: false },
      times(),
      "2024-05-01 – 2024-05-02",
    ],
    [
      { min: "2024-05-01T12:00:00", max: "2024-05-01T13:30:00", missing: false },
      keyed("datetime", "2024-05-01T00:00:00", "2024-05-03T00:00:00"),
      "2024-05-01 12:00 – 13:30",
    ],
    [{ in: ["sunny", "", "\t", null] }, PLAIN, "sunny, (empty), (blank), (missing)"],
    [{ contains: "\u202eevil" }, PLAIN, 'contains "\\u202eevil"'],
    [{ in: [true] }, PLAIN, "true"],
    [{ contains: "dog" }, PLAIN, 'contains "dog"'],
    [{ contains: 3 }, PLAIN, "contains 3"],
  ])("%o is %s", (condition, format, text) => {
    expect(format.condition(condition)).toBe(text);
  });
});

function times(): KeyFormat {
  return keyed("datetime", "2020-01-01T00:00:00", "2024-12-01T00:00:00");
}

test.each<[Value, string, string, string]>([
  [null, "float", "", ""],
  ["2024", "string", "2024", "2024"],
  ["inf", "string", "inf", "inf"],
  ["12345678901234567890", "integer", "12345678901234567890", "12345678901234567890"],
  [
    "2024-05-01T12:30:15.250000+00:00",
    "datetime",
    "2024-05-01 12:30:15.250",
    "2024-05-01 12:30:15.25 UTC",
  ],
  [1 / 3, "float", "0.333333", "0.3333333333333333"],
  [1234567, "float", "1,234,567", "1234567"],
  [[1, "\u200b", null], "list", '[1,"\\u200b",null]', '[1,"\\u200b",null]'],
])("of a %s key of which no more is known %s is %s, exactly %s", (value, type, text, exact) => {
  const format = new KeyFormat({ key: "k", type, ends: null });
  expect([format.value(value), format.exact(value)]).toEqual([text, exact]);
});

test.each<[string, NumberKind, number]>([
  ["1/345 s", "float", 1 / 345],
  ["1/2", "float", 0.5],
  ["2.5 s", "float", 2.5],
])("%s may be typed", (text, kind, value) => {
  expect(parseBound(text, kind)).toBe(value);
});

test("a tile may still have a value of another key, of any type", () => {
  const values: Value[] = [null, 0.25, -3, 1e300, Infinity, "rain", "inf", "", "2024-05-01", true];
  for (const type of ["", "string", "integer", "float", "boolean", "datetime", "list", "dict"]) {
    const ends: [Value, Value] = type === "datetime" ? ["2024-05-01", "2024-05-09"] : [0, 1];
    const format = new KeyFormat({ key: "exposure_time", type, ends });
    for (const value of [...values, [0.25], { a: 1 }]) {
      expect(typeof format.value(value)).toBe("string");
      expect(typeof format.exact(value)).toBe("string");
    }
  }
});
