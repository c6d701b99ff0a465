import { expect, test } from "vitest";
import { cellName, inSight, lineText, shade, short, step } from "../../src/plot/matrix";
import { PLAIN } from "../../src/values/keyformat";

test("a cell has a name", () => {
  const parts = [
    ["label", "cat"],
    ["prediction", "dog"],
  ] as const;
  expect(cellName(parts, 31)).toBe("label cat, prediction dog: 31 images");
  expect(cellName(parts, 1)).toBe("label cat, prediction dog: 1 image");
});

test("lines are written as values are", () => {
  const line = (kind: "value" | "other" | "missing", ...values: (string | boolean | null)[]) =>
    lineText({ kind, values, condition: null }, PLAIN);
  expect(line("value", true)).toBe("true");
  expect(line("missing", null)).toBe("(missing)");
  expect(line("other", "a", "b", "c")).toBe("other (3 values)");
  expect(lineText({ kind: "bin", values: [2, 5], condition: null }, PLAIN)).toBe("2 – 5");
});

test.each([
  [0, "0"],
  [999, "999"],
  [1200, "1.2k"],
  [9_960, "9k"],
  [123_456, "123k"],
  [3_400_000, "3.4M"],
])("%d is short as %s", (count, text) => {
  expect(short(count)).toBe(text);
});

test("few images are seen, none are not", () => {
  expect(shade(0, 1e6)).toBe(0);
  expect(shade(1, 1e6)).toBeGreaterThan(5);
  expect(shade(2e6, 1e6)).toBe(shade(1e6, 1e6));
});

test("arrows stay inside", () => {
  const sizes = [12, 3] as const;
  expect(step("ArrowUp", [0, 1], sizes)).toEqual([0, 1]);
  expect(step("ArrowRight", [0, 1], sizes)).toEqual([0, 2]);
  expect(step("End", [4, 0], sizes)).toEqual([4, 2]);
  expect(step("PageDown", [4, 0], sizes)).toEqual([11, 0]);
  expect(step("a", [4, 0], sizes)).toBeNull();
});

test("of many lines those in sight are drawn, and the one in use", () => {
  expect(inSight([100, 60], 20, 200, 6)).toEqual([4, 5, 6, 7, 8]);
  expect(inSight([0, 60], 20, 200, 150)).toEqual([0, 1, 2, 3, 150]);
  expect(inSight([0, 600], 20, 3, 0)).toEqual([0, 1, 2]);
  expect(inSight([0, -76], 20, 3, 1)).toEqual([1]);
});
