import { describe, expect, test } from "vitest";
import { fromIso, toIso } from "../../src/values/datetimes";
import { random } from "../random";

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
