import { expect, test } from "vitest";
import { slots } from "../../src/grid/slots";

test("a tile keeps its element while it stays on the screen", () => {
  const before = slots({ first: 0, last: 8 }, 8);
  const after = slots({ first: 4, last: 12 }, 8);
  expect(after).toEqual([8, 9, 10, 11, 4, 5, 6, 7]);
  expect(after.slice(4)).toEqual(before.slice(4));
});

test("elements without a tile are idle", () => {
  expect(slots({ first: 0, last: 2 }, 4)).toEqual([0, 1, -1, -1]);
});
