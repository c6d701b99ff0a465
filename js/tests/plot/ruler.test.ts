import { describe, expect, test } from "vitest";
import { frames } from "../../src/plot/cellpictures.svelte";
import { moved, Ruler, squared, zoomed } from "../../src/plot/ruler";
import { summary } from "../../src/plot/words";
import { PlotAxis, WHOLE } from "../../src/values/plotaxis";
import { RangeScale } from "../../src/values/scale";
import { keyed, RANGE } from "../rangekey";

const axisOf = (edges: number[]): PlotAxis =>
  new PlotAxis(new RangeScale({ ...RANGE, edges, extra: [], log: false, knee: null }));
const AXIS = axisOf([0, 1, 2, 3, 4]);
const ALL = { missing: true, negative: true, positive: true };
const NONE = { missing: false, negative: false, positive: false };

describe("a ruler", () => {
  test("has missing and minus infinity before the plane, plus infinity after it", () => {
    const ruler = new Ruler(AXIS, WHOLE, ALL, 145);
    expect([ruler.start, ruler.end]).toEqual([30, 130]);
    expect(ruler.span(AXIS.missing)).toEqual([0, 12]);
    expect(ruler.span(AXIS.negative)).toEqual([15, 27]);
    expect(ruler.span(AXIS.positive)).toEqual([133, 145]);
    expect([0, 1, 2, 3].map((cell) => ruler.span(cell))).toEqual([
      [30, 55],
      [55, 80],
      [80, 105],
      [105, 130],
    ]);
    const at = [5, 20, 30, 60, 130, 140, 28].map((px) => ruler.binAt(px));
    expect(at).toEqual([AXIS.missing, AXIS.negative, 0, 1, 3, AXIS.positive, -1]);
  });

  test("has the whole length where nothing is beside, and cuts off what is out of sight", () => {
    const ruler = new Ruler(AXIS, { from: 0.125, to: 0.625 }, NONE, 100);
    expect([ruler.start, ruler.length]).toEqual([0, 100]);
    expect([0, 1, 2, 3].map((cell) => ruler.span(cell))).toEqual([
      [0, 25],
      [25, 75],
      [75, 100],
      null,
    ]);
    expect(ruler.span(AXIS.missing)).toBeNull();
    expect(ruler.place(ruler.px(0.3))).toBeCloseTo(0.3);
  });
});

describe("what is in sight", () => {
  test("zooms about a place, not beyond the ends, nor deeper than a step", () => {
    expect(zoomed(AXIS, WHOLE, 0.5, 0.5)).toEqual({ from: 0.25, to: 0.75 });
    expect(zoomed(AXIS, { from: 0.25, to: 0.75 }, 2, 0.3)).toEqual(WHOLE);
    expect(zoomed(AXIS, WHOLE, 0.5, 0)).toEqual({ from: 0, to: 0.5 });
    const { from, to } = zoomed(AXIS, WHOLE, 1e-9, 0.5);
    expect(to - from).toBeCloseTo(0.2);
    expect(moved({ from: 0.5, to: 0.75 }, 0.5)).toEqual({ from: 0.75, to: 1 });
  });

  test.each([0, 46, -60])("of a map has square degrees at %d degrees north", (north) => {
    const [x, y] = [axisOf([0, 10]), axisOf([north - 1, north + 1])];
    for (const [width, height] of [
      [400, 300],
      [300, 700],
    ]) {
      const [across, up] = squared([x, y], [WHOLE, WHOLE], width, height);
      const [east, high] = [(across.to - across.from) * 10, (up.to - up.from) * 2];
      const cosine = Math.cos((north * Math.PI) / 180);
      expect(((east * cosine) / width) * height).toBeCloseTo(high);
      // All that was in sight still is, and nothing changes any more.
      expect(Math.max(across.from, up.from)).toBeLessThanOrEqual(0);
      expect(Math.min(across.to, up.to)).toBeGreaterThanOrEqual(1);
      const again = squared([x, y], [across, up], width, height);
      expect(again[0].from).toBeCloseTo(across.from);
      expect(again[1].to).toBeCloseTo(up.to);
    }
  });
});

test("cells have pictures where all of those with samples have room", () => {
  const counts = new Uint32Array(AXIS.binCount ** 2);
  counts[1 * AXIS.binCount + 2] = 7;
  const density = { x: AXIS, y: AXIS, counts };
  const rulers = [100, 240].map((px) => new Ruler(AXIS, WHOLE, NONE, px));
  expect(frames(density, rulers)).toEqual([]);
  const large = [200, 240].map((px) => new Ruler(AXIS, WHOLE, NONE, px));
  expect(frames(density, large)).toEqual([
    { cell: 1 * AXIS.binCount + 2, left: 51, bottom: 126, edge: 48, count: 7 },
  ]);
});

test("the summary tells how many have no place on an axis", () => {
  const counts = new Uint32Array(AXIS.binCount ** 2);
  const count = (i: number, j: number, by: number) => (counts[i * AXIS.binCount + j] = by);
  count(1, 1, 1000);
  count(AXIS.missing, 2, 30);
  count(AXIS.missing, AXIS.missing, 4);
  count(3, AXIS.positive, 5);
  count(3, AXIS.negative, 1);
  const names = ["a", "b"].map((key) => ({ key, axis: AXIS, format: keyed("float") }));
  expect(summary({ x: AXIS, y: AXIS, counts }, names)).toBe(
    "1,040 images, 34 without a, 4 without b, 6 with infinite b",
  );
});
