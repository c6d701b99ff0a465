import { describe, expect, test } from "vitest";
import type { KeyDifference } from "../../src/protocol";
import { byDifference, inWords, sidesInWords } from "../../src/sidebar/differing";
import { PLAIN } from "../../src/values/keyformat";

const found = (...keys: string[]) => ({
  byKey: new Map(keys.map((key) => [key, { key } as KeyDifference])),
});

describe("the order", () => {
  test("is by difference, with what is not compared at its end", () => {
    const order = byDifference(["a", "b", "c", "d"], found("d", "b", "c", "hidden"), []);
    expect(order).toEqual(["d", "b", "c", "a"]);
  });

  test("leaves a key with a filter where it was", () => {
    const keys = ["a", "b", "c", "d"];
    const before = byDifference(keys, found("d", "b", "c", "a"), []);
    expect(byDifference(keys, found("a", "c", "d"), before)).toEqual(["a", "b", "c", "d"]);
    expect(byDifference(keys, found("c", "a"), before)).toEqual(["d", "b", "c", "a"]);
  });

  test("takes in keys that are new, and forgets those that are gone", () => {
    expect(byDifference(["b", "new"], found("new"), ["a", "b"])).toEqual(["b", "new"]);
  });
});

test.each<[Partial<KeyDifference>, string]>([
  [{ kind: "range", effect: 0.4216, more: true }, "higher, 0.42"],
  [{ kind: "range", effect: 0.9, more: false }, "lower, 0.90"],
  [{ kind: "values", effect: 1.84, more: true, value: "dog" }, "more dog, +1.8"],
  [{ kind: "values", effect: -1.84, more: false, value: true }, "fewer true, −1.8"],
  [{ kind: "missing", effect: 2, more: true }, "more missing, +2.0"],
  [{ kind: "range", effect: 0.01, different: false }, "no difference"],
])("%j reads %s", (part, text) => {
  const whole = { key: "x", value: null, support: 3, different: true, more: true, ...part };
  expect(inWords(whole as KeyDifference, PLAIN)).toBe(text);
});

test("the sides are told, or what to do", () => {
  const byKey = new Map();
  const text = (inside: number, outside: number, isSelection = false): string =>
    sidesInWords({ inside, outside, isSelection, byKey });
  expect(text(312, 9688)).toBe("312 shown, against 9,688 others");
  expect(text(3, 7, true)).toBe("3 selected, against 7 others");
  expect(text(10, 0)).toMatch(/^All images are shown: filter or select some/);
  expect(text(0, 10)).toMatch(/^No image is shown: filter/);
});
