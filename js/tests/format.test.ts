import { describe, expect, test } from "vitest";
import {
  formatBrief,
  formatCondition,
  formatCount,
  formatEdge,
  formatEnds,
  formatFull,
  formatNumber,
  formatValue,
  fromIso,
  toIso,
} from "../src/format";
import type { Condition, Value } from "../src/protocol";
import { random } from "./random";

test.each([
  [0, "0"],
  [999, "999"],
  [2839, "2,839"],
  [1234567, "1,234,567"],
])("the count %i is %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

describe("numbers", () => {
  test.each([
    [0.1 + 0.2, "0.3"],
    [1e21, "1e21"],
    [1e-7, "1e-7"],
    [1.23456789e-7, "1.23457e-7"],
    [-0, "0"],
    [4032, "4,032"],
    [-4032, "-4,032"],
    [-123, "-123"],
    [25.3, "25.3"],
    [12.340000000000002, "12.34"],
    [0.9999999, "0.9999999"],
    [0.99999999999, "0.99999999999"],
    [1 / 3, "0.333333"],
    [2 / 3, "0.666667"],
    [-2 / 3, "-0.666667"],
    [0.00001234, "0.00001234"],
    [1234567.891, "1,234,567.9"],
    [1234567.02, "1,234,567.02"],
    [123456789012.5, "123,456,789,012.5"],
    [2 ** 53 - 1, "9,007,199,254,740,991"],
    [1.234567e25, "1.23457e25"],
    [Infinity, "∞"],
    [-Infinity, "-∞"],
    [Number.MAX_VALUE, "1.79769e308"],
    [5e-324, "0"],
    [NaN, "NaN"],
  ])("%d is %s", (x, text) => {
    expect(formatNumber(x)).toBe(text);
  });

  test.each([
    [10.00023452, "down", "10.0002"],
    [10.00023452, "up", "10.0003"],
    [-10.00023452, "down", "-10.0003"],
    [-10.00023452, "up", "-10.0002"],
    [0.9999999, "up", "0.9999999"],
    [0.99999999999, "up", "0.99999999999"],
    [12.340000000000002, "up", "12.34"],
    [0.1 + 0.2, "up", "0.3"],
    [25.3, "up", "25.3"],
    [99.9999951, "up", "99.999996"],
    [Number.MAX_VALUE, "up", "1.7976931348623157e308"],
  ] as const)("%d rounded %s is %s", (x, rounding, text) => {
    expect(formatNumber(x, rounding)).toBe(text);
  });

  test("rounding outwards never leaves a value outside, but for float noise", () => {
    const next = random(3);
    for (let i = 0; i < 2000; i++) {
      const x = (next(2 ** 32) / 2 ** 32 - 0.5) * 10 ** (next(20) - 8);
      const [down, up] = (["down", "up"] as const).map((rounding) =>
        Number(formatNumber(x, rounding).replaceAll(",", "")),
      );
      const clean = Number(x.toPrecision(15));
      expect(down).toBeLessThanOrEqual(clean);
      expect(up).toBeGreaterThanOrEqual(clean);
      expect(up - down).toBeLessThanOrEqual(Math.abs(x) * 2e-5);
    }
  });
});

test.each([
  [4032, "integer", "max", "4,032"],
  [10.00023452, "float", "min", "10.0002"],
  [10.00023452, "float", "max", "10.0003"],
  [10.00023452, "float", undefined, "10.0002"],
  [1_714_521_600_000_000, "datetime", "min", "2024-05-01"],
  [1_714_566_615_123_450, "datetime", "max", "2024-05-01 12:30:15.12345"],
] as const)("edge %d of a %s scale at its %s is %s", (edge, number, side, text) => {
  expect(formatEdge(edge, number, side)).toBe(text);
});

test.each([
  ["2020-01-07T15:03:17", "2023-03-01T10:37:09", "2020-01-07 15:03", "2023-03-01 10:38", undefined],
  ["2024-06-01T00:00:03.08", "2024-06-01T00:16:39.1", "00:00:03", "00:16:40", "2024-06-01"],
  ["2024-06-01T00:00:00", "2024-06-01T00:00:00.25", "00:00", "00:00:00.25", "2024-06-01"],
  ["2024-06-01T12:00:00", "2024-06-01T23:59:59.5", "2024-06-01 12:00", "2024-06-02", undefined],
])("a slider from %s to %s says %s, %s and %s", (from, to, min, max, day) => {
  const ends = formatEnds({ min: fromIso(from), max: fromIso(to) }, "datetime");
  expect(ends).toEqual({ min, max, ...(day && { day }) });
});

test.each([
  [3, 836_102_822_712, "3", "8.36103e11"],
  [-836_102_822_712, 1e12, "-8.36103e11", "1e12"],
  [-123_456_789_012.5, 987_654_321_012.5, "-1.23457e11", "9.87655e11"],
  [123_456_789, 1_234_567_890, "123,456,789", "1.23457e9"],
  [0.000123456789, 1234.56789, "0.000123456", "1,234.57"],
  [-Number.MAX_VALUE, Number.MAX_VALUE, "-1.7976931348623157e308", "1.7976931348623157e308"],
])("the ends %d and %d have room under a slider, and hold every value", (low, high, min, max) => {
  expect(formatEnds({ min: low, max: high }, "float")).toEqual({ min, max });
});

describe("conditions", () => {
  test.each<[Condition, string, string]>([
    [{ min: 10, max: 25, missing: false }, "float", "10 – 25"],
    [{ min: 10, max: 25, missing: true }, "float", "10 – 25 or missing"],
    [{ min: 0, max: null, missing: false }, "float", "≥ 0"],
    [{ min: null, max: 0.1 + 0.2, missing: false }, "float", "≤ 0.3"],
    [{ min: null, max: null, missing: false }, "float", "not missing"],
    [{ min: null, max: null, missing: true }, "float", "anything"],
    [{ min: 5e-324, max: null, missing: false }, "float", "> 0"],
    [{ min: null, max: -5e-324, missing: false }, "float", "< 0"],
    [{ min: 5e-324, max: 0.49999999999999994, missing: false }, "float", "0 – 0.5"],
    [{ min: "2024-05-01T00:00:00.000000", max: null, missing: false }, "datetime", "≥ 2024-05-01"],
    [{ min: "2024-05-01T00:00:00.000001", max: null, missing: false }, "datetime", "> 2024-05-01"],
    [
      { min: null, max: "2024-05-01T23:59:59.999999+00:00", missing: true },
      "datetime",
      "< 2024-05-02 UTC or missing",
    ],
    [
      { min: "2024-05-01T00:00:00", max: "2024-05-01T23:59:59.999999", missing: false },
      "datetime",
      "2024-05-01 – 2024-05-02",
    ],
    [{ in: ["sunny", "", "\t", null] }, "string", "sunny, (empty), (blank), (missing)"],
    [{ contains: "\u202eevil" }, "string", 'contains "\\u202eevil"'],
    [{ in: [true] }, "boolean", "true"],
    [{ contains: "dog" }, "string", 'contains "dog"'],
    [{ contains: 3 }, "list", "contains 3"],
  ])("%o of a %s key is %s", (condition, type, text) => {
    expect(formatCondition(condition, type)).toBe(text);
  });
});

describe("values", () => {
  test.each<[Value, string | undefined, string]>([
    [null, "float", ""],
    ["", "string", "(empty)"],
    [" \n\u00a0", "string", "(blank)"],
    ["a\u202eb\u0007\n", "string", "a\\u202eb\\u0007\n"],
    [["\u200b"], "list", '["\\u200b"]'],
    ["2024", "string", "2024"],
    ["inf", "string", "inf"],
    ["inf", "float", "∞"],
    ["-inf", "float", "-∞"],
    ["12345678901234567890", "integer", "12,345,678,901,234,567,890"],
    ["2024-05-01T12:30:00", "datetime", "2024-05-01 12:30"],
    ["2024-05-01T12:30:15.250000+00:00", "datetime", "2024-05-01 12:30:15.25 UTC"],
    ["2024-05-01T00:00:00", "datetime", "2024-05-01"],
    [true, "boolean", "true"],
    [0.1 + 0.2, "float", "0.3"],
    [1 / 3, undefined, "0.333333"],
    [[1, "a", null], "list", '[1,"a",null]'],
    [{ lat: 1.5 }, "dict", '{"lat":1.5}'],
  ])("%o of a %s key is %s", (value, type, text) => {
    expect(formatValue(value, type)).toBe(text);
  });

  test.each<[Value, string | undefined, string]>([
    [536.939971, "float", "536.94"],
    [858.240062, "float", "858.24"],
    [1234567.89, "float", "1,234,568"],
    [0.000123456789, "float", "0.000123457"],
    [-0.1999999, "float", "-0.2"],
    [12345678901, "integer", "12,345,678,901"],
    ["inf", "float", "∞"],
    [null, "float", ""],
    ["2024-05-01T00:00:00", "datetime", "2024-05-01"],
  ])("on a tile %o of a %s key is %s", (value, type, text) => {
    expect(formatBrief(value, type)).toBe(text);
  });

  test("in full a number has every digit but float noise", () => {
    expect(formatFull(1 / 3)).toBe("0.333333333333333");
    expect(formatFull(0.1 + 0.2)).toBe("0.3");
  });

  test("in full a dict has a line per key", () => {
    expect(formatFull({ lat: 1.5, lon: 2 })).toBe('{\n  "lat": 1.5,\n  "lon": 2\n}');
  });
});

describe("ISO 8601", () => {
  test.each([
    [0, "1970-01-01T00:00:00.000000"],
    [-1, "1969-12-31T23:59:59.999999"],
    [1_714_566_615_123_456, "2024-05-01T12:30:15.123456"],
    [-62_135_596_800_000_000, "0001-01-01T00:00:00.000000"],
  ])("%d microseconds are %s and back", (microseconds, iso) => {
    expect(toIso(microseconds)).toBe(iso);
    expect(fromIso(iso)).toBe(microseconds);
  });

  test.each([
    ["2024-05-01", "2024-05-01T00:00:00.000000"],
    ["2024-05-01 12:30:15.5", "2024-05-01T12:30:15.500000"],
    ["2024-05-01T12:30:15Z", "2024-05-01T12:30:15.000000"],
    ["2024-05-01T12:30:15.000001+02:00", "2024-05-01T10:30:15.000001"],
  ])("%s is understood", (text, iso) => {
    expect(toIso(fromIso(text))).toBe(iso);
  });

  test("microseconds survive there and back", () => {
    const next = random(5);
    for (let i = 0; i < 1000; i++) {
      const microseconds = (next(2) ? 1 : -1) * (next(2 ** 22) * 2 ** 30 + next(2 ** 30));
      expect(fromIso(toIso(microseconds))).toBe(microseconds);
    }
  });

  test("other text is refused", () => {
    expect(() => fromIso("yesterday")).toThrow('"yesterday" is no ISO 8601 datetime');
  });
});
