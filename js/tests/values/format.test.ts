import { expect, test } from "vitest";
import { formatCategory, formatCount } from "../../src/values/format";

test.each([
  [0, "0"],
  [999, "999"],
  [2839, "2,839"],
  [1234567, "1,234,567"],
])("the count %i is %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [null, "(missing)"],
  ["", "(empty)"],
  [" \n\u00a0", "(blank)"],
  ["a\u202eb\u0007\n", "a\\u202eb\\u0007\n"],
  [true, "true"],
])("the value %o is %s", (value, text) => {
  expect(formatCategory(value)).toBe(text);
});
