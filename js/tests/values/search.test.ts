import { describe, expect, it } from "vitest";
import { findSorted } from "../../src/values/search";
import { IDS } from "../collection/smallkernel";

describe("findSorted", () => {
  it("finds what is there", () => {
    expect([0, 5, 3, 6].map((id) => findSorted(IDS, id))).toEqual([0, 3, -1, -1]);
    expect(findSorted([], 1)).toBe(-1);
  });
});
