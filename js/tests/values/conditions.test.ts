import { describe, expect, test } from "vitest";
import { fromWire, isSame, toWire, withCondition } from "../../src/values/conditions";
import type { Condition } from "../../src/protocol";

const RANGE = { min: 2, max: null, missing: false };
/** As it comes from the kernel: `__proto__` is a key like any other. */
const wire = (text: string) => JSON.parse(text);
const NAMES = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf", "", "🐟"];

describe("keys of any name", () => {
  test.each(NAMES)("%s is there only when it was set", (name) => {
    const none = fromWire({}, new Map());
    expect(none.has(name)).toBe(false);
    const one = withCondition(none, name, RANGE);
    expect([...one.keys()]).toEqual([name]);
    const back = fromWire(wire(JSON.stringify(toWire(one))), new Map());
    expect(back).toEqual(one);
    expect(withCondition(one, name, null).size).toBe(0);
  });
});

test("a condition that says the same stays the same object", () => {
  const before = fromWire({ a: RANGE, b: { in: ["x", null] } }, new Map());
  const after = fromWire({ a: { ...RANGE }, b: { in: ["x"] } }, before);
  expect(after.get("a")).toBe(before.get("a"));
  expect(after.get("b")).not.toBe(before.get("b"));
});

test.each<[Condition | undefined, Condition | undefined, boolean]>([
  [RANGE, { missing: false, max: null, min: 2 }, true],
  [RANGE, { ...RANGE, missing: true }, false],
  [RANGE, { ...RANGE, max: 9 }, false],
  [RANGE, { in: [2] }, false],
  [{ in: ["a", null] }, { in: ["a", null] }, true],
  [{ in: ["a", "b"] }, { in: ["b", "a"] }, false],
  [{ in: [1] }, { in: [true] }, false],
  [{ contains: "" }, { contains: "" }, true],
  [{ contains: "1" }, { contains: 1 }, false],
  [{ query: "a < b" }, { query: "a < b" }, true],
  [{ query: "a < b" }, { contains: "a < b" }, false],
  [undefined, undefined, true],
  [RANGE, undefined, false],
])("%j and %j say the same: %j", (a, b, same) => {
  expect([isSame(a, b), isSame(b, a)]).toEqual([same, same]);
});
