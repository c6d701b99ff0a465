import { expect, test } from "vitest";
import { groupings, groupText } from "../../src/values/group";

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
