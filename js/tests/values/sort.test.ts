import { expect, test } from "vitest";
import { parseSort, seedOf, sortKeys, sortText } from "../../src/values/sort";

test.each(["blur", "-blur", "+blur", "--"])("the key %s can be sorted both ways", (key) => {
  for (const ascending of [true, false]) {
    expect(parseSort(sortText({ key, ascending }))).toEqual({ key, ascending });
  }
});

test("a seed shuffles, unless it is the name of a key", () => {
  const none = (): boolean => false;
  expect(seedOf("random:-7", none)).toBe("-7");
  expect(seedOf("random:7", (key) => key === "random:7")).toBeNull();
  expect(["random:", "random:x", "-random:7", "random"].map((by) => seedOf(by, none))).toEqual(
    Array(4).fill(null),
  );
  expect(sortKeys(["label", "-loss", "random:7"], none)).toEqual(["label", "loss"]);
});
