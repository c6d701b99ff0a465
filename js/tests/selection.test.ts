import { expect, test } from "vitest";
import { select } from "../src/selection";

const PLAIN = { toggle: false, extend: false };
const TOGGLE = { toggle: true, extend: false };
const EXTEND = { toggle: false, extend: true };
const BOTH = { toggle: true, extend: true };

/** Grid position 3 shows sample 103. */
const idAt = (index: number): number => 100 + index;

test.each([
  ["a plain click selects only it", [101, 102], 1, 5, PLAIN, [105], 5],
  ["a plain click on a selected one keeps only it", [101, 105], 1, 5, PLAIN, [105], 5],
  ["toggling adds", [101], 1, 5, TOGGLE, [101, 105], 5],
  ["toggling removes", [101, 105], 1, 5, TOGGLE, [101], 5],
  ["extending takes all from the anchor", [101], 3, 5, EXTEND, [103, 104, 105], 3],
  ["extending goes backwards too", [101], 3, 1, EXTEND, [101, 102, 103], 3],
  ["extending without an anchor starts there", [101], null, 5, EXTEND, [105], 5],
  ["extending replaces what was extended before", [103, 104, 105], 3, 4, EXTEND, [103, 104], 3],
  ["extending and toggling adds all", [101], 3, 5, BOTH, [101, 103, 104, 105], 3],
])("%s", (_, current, anchor, index, mode, selected, newAnchor) => {
  const result = select(new Set(current), anchor, index, mode, idAt);
  expect([...result.selected].sort()).toEqual(selected);
  expect(result.anchor).toBe(newAnchor);
});

test("the given selection is left as it is", () => {
  const current = new Set([101]);
  select(current, 1, 1, TOGGLE, idAt);
  expect([...current]).toEqual([101]);
});
