import { expect, test } from "vitest";
import { groupKey } from "../../src/values/groups";

test("a form stands behind a key, unless there is a key of that name", () => {
  const key = (group: string, ...keys: string[]): string => {
    return groupKey(group, (key) => keys.includes(key));
  };
  expect(key("taken:month", "taken")).toBe("taken");
  expect(key("taken:month", "taken", "taken:month")).toBe("taken:month");
  expect(key("a:b:bins", "a:b")).toBe("a:b");
  expect(["label", "label:hour", ":day", ""].map((group) => key(group))).toEqual([
    "label",
    "label:hour",
    ":day",
    "",
  ]);
});
