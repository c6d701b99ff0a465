import { expect, it } from "vitest";
import { binCondition } from "../../src/values/binfilter";
import { RangeScale } from "../../src/values/scale";
import { RANGE } from "../rangekey";

const header = { ...RANGE, log: false, knee: null };
const floats = new RangeScale({ ...header, edges: [0, 1, 2, 3, 4] });
const integers = new RangeScale({ ...header, number: "integer", edges: [0, 1, 2, 3, 4] });

/** Each value between the edges, and a little beside them, that passes. */
const inside = (scale: RangeScale, bin: number, x: number): boolean =>
  scale.binEdges[bin] <= x &&
  (bin === scale.binCount - 1 ? x <= scale.binEdges[bin + 1] : x < scale.binEdges[bin + 1]);

it.each([floats, integers])("narrows to the values of a bin", (scale) => {
  const values = scale.edges.flatMap((edge) => (scale === floats ? [edge - 1e-9, edge] : [edge]));
  for (let bin = 0; bin < scale.binCount; bin++) {
    const { min, max } = scale.bounds(binCondition(scale, bin, null));
    for (const x of values.filter((x) => x >= scale.first)) {
      expect([bin, x, min <= x && x <= max]).toEqual([bin, x, inside(scale, bin, x)]);
    }
  }
});

it("is open at the ends of the data", () => {
  expect(binCondition(floats, 0, null)?.min).toBe(null);
  expect(binCondition(floats, floats.binCount - 1, null)?.max).toBe(null);
});

it("widens a range to a bin, and keeps what it says of missing", () => {
  const last = floats.binCount - 1;
  const within = { min: 1.5, max: 2.5, missing: true };
  expect(binCondition(floats, last, within)).toEqual({ min: 1.5, max: null, missing: true });
  const both = binCondition(floats, 0, binCondition(floats, last, within));
  expect(both).toBe(null);
});
