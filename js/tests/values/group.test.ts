import { expect, test } from "vitest";
import { groupings, groupKey, groupText } from "../../src/values/group";

test("keys can be grouped by, dates by their day, month and year", () => {
  const types = { label: "string", taken: "datetime", tags: "list", gps: "dict", loss: "float" };
  const keys = Object.entries(types).map(([key, type]) => ({ key, type }));
  expect(groupings(keys)).toEqual(["label", "taken:day", "taken:month", "taken:year", "loss"]);
});

test("a grouping is said in words", () => {
  expect(["", "label", "taken:month", "a:b"].map(groupText)).toEqual([
    "",
    "label",
    "taken by month",
    "a:b",
  ]);
});

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
