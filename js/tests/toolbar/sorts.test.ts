import { expect, test } from "vitest";
import { isShuffle, only, shuffled, thenBy, turned, without } from "../../src/toolbar/sorts";

test("one key is chosen, others are added once, turned and taken out", () => {
  const two = thenBy(turned(only("label"), 0), "loss");
  expect(two).toEqual(["-label", "loss"]);
  expect(thenBy(two, "label")).toBe(two);
  expect(thenBy(two, "")).toBe(two);
  expect(turned(two, 1)).toEqual(["-label", "-loss"]);
  expect(turned(turned(two, 0), 0)).toEqual(two);
  expect(without(two, 0)).toEqual(["loss"]);
  expect(only("")).toEqual([]);
});

test("a key that begins with a sign is told from a direction", () => {
  expect(turned(thenBy(only("-a"), "a"), 0)).toEqual(["--a", "a"]);
});

test("a shuffle stands alone, and is another one every time", () => {
  const once = shuffled(["label", "loss"], () => 0.00125);
  expect(once).toEqual(["random:12"]);
  expect(shuffled(once, () => 0.00125)).toEqual(["random:13"]);
  expect([isShuffle(once, ["label"]), isShuffle([], []), isShuffle(["label"], ["label"])]).toEqual([
    true,
    false,
    false,
  ]);
  expect(isShuffle(once, ["random:12"])).toBe(false);
});
