import { describe, expect, test } from "vitest";
import type { NumberKind, RangeCondition, RangeHeader } from "../../src/protocol";
import { MAX_BINS } from "../../src/values/bins";
import { RangeScale } from "../../src/values/scale";
import { RANGE } from "../rangekey";
import { random } from "../random";

function header(edges: number[], options: Partial<RangeHeader> = {}): RangeHeader {
  const counts = {
    utc: false,
    log: false,
    knee: null,
    missing: 0,
    negative_infinite: 0,
    positive_infinite: 0,
  };
  return { kind: "range", number: "float", edges, extra: [], ...counts, ...options };
}

function scaleOf(edges: number[], options: Partial<RangeHeader> = {}): RangeScale {
  return new RangeScale(header(edges, options));
}

/** The code of a value as the kernel gives it; null is missing. */
function codeOf(edges: readonly number[], x: number | null): number {
  if (x === null) return 2 * edges.length + 1;
  return 2 * edges.filter((edge) => edge < x).length + Number(edges.includes(x));
}

/** What a condition means. */
function satisfies({ min, max, missing }: RangeCondition, x: number | null): boolean {
  if (x === null) return missing;
  return (min === null || x >= Number(min)) && (max === null || x <= Number(max));
}

function passing(scale: RangeScale, passes: Uint8Array, values: (number | null)[]): unknown[] {
  return values.filter((x) => passes[codeOf(scale.edges, x)] === 1);
}

/** The condition of thumbs that were moved to two edges, from one that lets missing pass or not. */
function moved(scale: RangeScale, lo: number, hi: number, missing: boolean) {
  const from = { min: null, max: null, missing };
  return scale.narrowed(from, { low: scale.edges[lo], high: scale.edges[hi] });
}

/** Which of `VALUES` pass thumbs at two edges. */
function passed(scale: RangeScale, lo: number, hi: number, missing: boolean): unknown[] {
  const condition = moved(scale, lo, hi, missing);
  return condition ? passing(scale, scale.passes(condition)!, VALUES) : VALUES;
}

const EDGES = [1.25, 2, 3, 4, 4.75];
const VALUES = [-Infinity, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 4.75, Infinity, null];

describe("thumbs", () => {
  test("both ends of a range belong to it", () => {
    const scale = scaleOf(EDGES);
    expect(passed(scale, 1, 2, false)).toEqual([2, 2.5, 3]);
    expect(passed(scale, 2, 2, false)).toEqual([3]);
  });

  test("a thumb at its end lets infinity pass, and missing passes when it is included", () => {
    const scale = scaleOf(EDGES, { negative_infinite: 1, positive_infinite: 1 });
    expect(passed(scale, 0, 1, true)).toEqual([-Infinity, 1.25, 1.5, 2, null]);
    expect(passed(scale, 3, 4, false)).toEqual([4, 4.5, 4.75, Infinity]);
  });

  test("full range is no filter, whether missing is included or not", () => {
    expect(moved(scaleOf(EDGES), 0, 4, false)).toBeNull();
    expect(moved(scaleOf(EDGES), 0, 4, true)).toBeNull();
  });

  test("a thumb at its end is open, and so is one that was not moved", () => {
    const scale = scaleOf(EDGES);
    expect(scale.narrowed(null, { low: 2 })).toEqual({ min: 2, max: null, missing: false });
    expect(scale.narrowed(null, { high: 3 })).toEqual({ min: null, max: 3, missing: false });
    const both = { min: 2, max: 4, missing: true };
    expect(scale.narrowed(both, { high: 4.75 })).toEqual({ ...both, max: null });
    expect(scale.narrowed(both, { low: 1.25 })).toEqual({ ...both, min: null });
    expect(scale.narrowed({ ...both, max: null }, { low: 1.25 })).toBeNull();
  });

  test("a thumb that is not moved keeps its bound, whatever the steps are", () => {
    const scale = scaleOf([0, 10, 20]);
    const typed = { min: 0.123, max: 20, missing: false };
    expect(scale.narrowed(typed, { low: 10 })).toEqual({ ...typed, min: 10 });
    expect(scale.narrowed(typed, { high: 10 })).toEqual({ ...typed, max: 10 });
    const beyond = { min: null, max: 99, missing: false };
    expect(scale.narrowed(beyond, { low: 10 })).toEqual({ ...beyond, min: 10 });
  });

  test.each<[NumberKind, number]>([
    ["integer", 2 ** 60 + 1],
    ["datetime", 253_402_300_799_999_999],
  ])("an end of %ss that JavaScript cannot hold is no bound", (number, end) => {
    const scale = scaleOf([-end, 0, end], { number });
    expect(moved(scale, 0, 1, false)?.min).toBeNull();
    expect(moved(scale, 1, 2, false)?.max).toBeNull();
    expect(moved(scale, 2, 2, false)).toEqual(moved(scale, 1, 2, false));
  });

  test("stand at their values, open ones at the ends of the data", () => {
    const scale = scaleOf(EDGES);
    const at = (min: number | string | null, max: number | string | null) =>
      scale.thumbs({ min, max, missing: false });
    expect(scale.thumbs(null)).toEqual({ low: 1.25, high: 4.75 });
    expect(at(2.2, null)).toEqual({ low: 2.2, high: 4.75 });
    expect(at(9, 12)).toEqual({ low: 9, high: 12 });
    expect(at("inf", null)).toEqual({ low: 4.75, high: 4.75 });
    expect([-3, 1.25, 99].map((x) => scale.fraction(x))).toEqual([0, 0, 1]);
  });

  test("steps go from any value, and stay within the ends", () => {
    const scale = scaleOf(EDGES);
    expect([scale.step(3, 1), scale.step(3, -10), scale.step(3, 10)]).toEqual([4, 1.25, 4.75]);
    expect([scale.step(2.5, 1), scale.step(2.5, -1), scale.step(2.5, 2)]).toEqual([3, 2, 4]);
    expect([scale.step(9, -1), scale.step(9, 1), scale.step(0, 1)]).toEqual([4.75, 4.75, 1.25]);
    expect([scale.step(3, -Infinity), scale.step(3, Infinity)]).toEqual([1.25, 4.75]);
  });

  test("edges that were asked for are no steps", () => {
    const scale = scaleOf(
      [...EDGES, 2.25].sort((a, b) => a - b),
      { extra: [2.25] },
    );
    expect([scale.step(2, 1), scale.nearest(scale.fraction(2.25))]).toEqual([3, 2]);
  });
});

describe("the track", () => {
  test("places are linear in value and lead back to their edge", () => {
    const scale = scaleOf([0, 1, 2, 10]);
    expect([0, 1, 2, 10].map((x) => scale.fraction(x))).toEqual([0, 0.1, 0.2, 1]);
    expect([0, 1, 2, 10].map((x) => scale.nearest(scale.fraction(x)))).toEqual([0, 1, 2, 10]);
  });

  test("the nearest edge is taken", () => {
    const scale = scaleOf([0, 1, 2, 10]);
    expect([0.04, 0.06, 0.59, 0.61, 1].map((at) => scale.nearest(at))).toEqual([0, 1, 2, 10, 10]);
  });

  test.each([
    [[-Number.MAX_VALUE, 0, Number.MAX_VALUE]],
    [[0, 5e-324, 1e-323]],
    [[1e300, 1.5e300, 2e300]],
    [[-1e-300, 0, 1e-300]],
  ])("%j, however large or small, has finite places", (edges) => {
    const scale = scaleOf(edges);
    expect(edges.map((edge) => scale.fraction(edge))).toEqual([0, 0.5, 1]);
    expect([0, 0.5, 1].map((at) => scale.nearest(at))).toEqual(edges);
  });

  test("a constant column stands in the middle and has one bin", () => {
    const scale = scaleOf([7]);
    expect(scale.fraction(7)).toBe(0.5);
    expect(scale.nearest(0.9)).toBe(7);
    expect(moved(scale, 0, 0, false)).toBeNull();
    expect(scale.binCount).toBe(1);
    expect(scale.bins[codeOf([7], 7)]).toBe(0);
  });

  test("a column without a finite value has no edges, no bins and no filter", () => {
    const scale = scaleOf([], { missing: 3 });
    expect([scale.codeCount, scale.binCount, scale.binEdges]).toEqual([2, 0, []]);
    expect([...scale.passes({ min: 1, max: 2, missing: true })!]).toEqual([0, 1]);
  });

  test("infinities of one sign only are filtered as what they are", () => {
    const above = scaleOf([], { positive_infinite: 3 });
    const below = scaleOf([], { negative_infinite: 3 });
    const [high, low] = [
      { min: 1, max: null, missing: false },
      { min: null, max: 1, missing: false },
    ];
    expect([...above.passes(high)!]).toEqual([1, 0]);
    expect([...above.passes(low)!]).toEqual([0, 0]);
    expect([...below.passes(high)!]).toEqual([0, 0]);
    expect([...below.passes(low)!]).toEqual([1, 0]);
  });
});

describe("conditions from outside", () => {
  test.each<[number | null, number | null]>([
    [2, 3],
    [1.25, 4.75],
    [null, 3],
    [2, null],
    [null, null],
    [0, 3],
    [2, 100],
    [-5, 100],
    [5, 100],
    [5, null],
    [-5, 0],
    [null, 0],
    [Infinity, null],
    [null, -Infinity],
    [-Infinity, Infinity],
    [4.75, 4.75],
  ])("%d to %d pass exactly what they mean", (min, max) => {
    const scale = scaleOf(EDGES, { negative_infinite: 1, positive_infinite: 1 });
    for (const missing of [false, true]) {
      const condition = { min, max, missing };
      expect(scale.lacking(condition)).toEqual([]);
      expect(passing(scale, scale.passes(condition)!, VALUES)).toEqual(
        VALUES.filter((x) => satisfies(condition, x)),
      );
    }
  });

  test("bounds amid the data that are no edges are asked for, once each", () => {
    const scale = scaleOf(EDGES);
    const window = (min: number, max: number): number[] =>
      scale.lacking({ min, max, missing: false });
    expect(window(2.5, 3.25)).toEqual([2.5, 3.25]);
    expect(window(2.5, 2.5)).toEqual([2.5]);
    expect(window(2.5, 3)).toEqual([2.5]);
  });

  test("until they are there nobody can tell what passes", () => {
    expect(scaleOf(EDGES).passes({ min: 1.5, max: 3.5, missing: false })).toBeNull();
    expect(scaleOf(EDGES).passes({ min: 2.4, max: 2.6, missing: false })).toBeNull();
  });

  test("with the extra edges there they are exact, and the bins are the same", () => {
    const plain = scaleOf(EDGES);
    const edges = [...EDGES, 2.25, 3.5].sort((a, b) => a - b);
    const scale = scaleOf(edges, { extra: [2.25, 3.5] });
    const condition = { min: 2.25, max: 3.5, missing: false };
    expect(scale.thumbs(condition)).toEqual({ low: 2.25, high: 3.5 });
    expect(passing(scale, scale.passes(condition)!, VALUES)).toEqual([2.5, 3, 3.5]);
    expect(scale.binEdges).toEqual(plain.binEdges);
    for (const x of VALUES) {
      expect(scale.bins[codeOf(edges, x)]).toBe(plain.bins[codeOf(EDGES, x)]);
    }
  });

  test("any thumbs come back from their condition", () => {
    for (const infinite of [0, 1]) {
      const scale = scaleOf(EDGES, { negative_infinite: infinite, positive_infinite: infinite });
      for (let lo = 0; lo < EDGES.length; lo++) {
        for (let hi = lo; hi < EDGES.length; hi++) {
          const condition = moved(scale, lo, hi, lo % 2 === 0);
          if (!condition) continue;
          expect(scale.thumbs(condition)).toEqual({ low: EDGES[lo], high: EDGES[hi] });
          expect(condition.missing).toBe(lo % 2 === 0);
        }
      }
    }
  });

  test("datetimes are ISO 8601 to the microsecond, both ways", () => {
    const edges = [1_714_521_600_000_000, 1_714_525_200_000_000, 1_714_526_615_123_456];
    const scale = scaleOf(edges, { number: "datetime" });
    const condition = {
      min: "2024-05-01T01:00:00.000000",
      max: "2024-05-01T01:23:35.123456",
      missing: false,
    };
    expect(moved(scale, 1, 1, false)).toEqual({ ...condition, max: condition.min });
    expect(scale.thumbs(condition)).toEqual({ low: edges[1], high: edges[2] });
    expect(scale.lacking(condition)).toEqual([]);
    const microsecondLater = { ...condition, min: "2024-05-01T01:00:00.000001" };
    expect(scale.lacking(microsecondLater)).toEqual([edges[1] + 1]);
  });

  test("random edges and bounds pass what they mean", () => {
    const next = random(11);
    for (let i = 0; i < 300; i++) {
      const edges = [...new Set(Array.from({ length: next(6) + 1 }, () => next(40) / 4))];
      const scale = scaleOf(edges.sort((a, b) => a - b));
      const [min, max] = [next(60) / 4 - 2, next(60) / 4 - 2].sort((a, b) => a - b);
      const condition = { min, max, missing: next(2) === 1 };
      const extra = scale.lacking(condition);
      const finer = scaleOf([...edges, ...extra].sort((a, b) => a - b));
      const inside = Array.from({ length: 100 }, (_, j) => j / 8 - 1).filter(
        (x) => x >= edges[0] && x <= edges[edges.length - 1],
      );
      expect(passing(finer, finer.passes(condition)!, [...inside, null])).toEqual(
        [...inside, null].filter((x) => satisfies(condition, x)),
      );
    }
  });
});

describe("bins", () => {
  const steps = (count: number): number[] => Array.from({ length: count + 1 }, (_, i) => i / 4);
  const integers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 10);

  test.each<[number[], NumberKind, number]>([
    [steps(1), "float", 1],
    [steps(60), "float", 60],
    [steps(61), "float", 31],
    [steps(120), "float", 60],
    [integers(2), "integer", 2],
    [integers(60), "integer", 60],
    [integers(61), "integer", 31],
    [integers(10_001), "integer", 60],
    [[0, 10, 20, 30], "integer", 3],
  ])("%#: unions of whole steps, at most 60", (edges, number, count) => {
    const scale = scaleOf(edges, { number });
    expect(scale.binCount).toBe(count);
    expect(count).toBeLessThanOrEqual(MAX_BINS);
    expect(scale.binEdges).toHaveLength(count + 1);
    expect(scale.binEdges[0]).toBe(edges[0]);
    expect(scale.binEdges[count]).toBe(edges[edges.length - 1]);
  });

  test("bins are half-open but for the last one", () => {
    const scale = scaleOf([0, 1, 2, 3]);
    const bins = [0, 0.5, 1, 1.5, 2, 2.5, 3].map((x) => scale.bins[codeOf(scale.edges, x)]);
    expect(bins).toEqual([0, 0, 1, 1, 2, 2, 2]);
  });

  test("integers that step by one have a bin each, their bars around them", () => {
    const scale = scaleOf([10, 11, 12, 13], { number: "integer" });
    expect([10, 11, 12, 13].map((x) => scale.bins[codeOf(scale.edges, x)])).toEqual([0, 1, 2, 3]);
    expect(scale.binEdges).toEqual([10, 10.5, 11.5, 12.5, 13]);
  });

  test("infinite and missing belong to no bin", () => {
    const scale = scaleOf([0, 1, 2]);
    const none = [-Infinity, Infinity, null].map((x) => scale.bins[codeOf(scale.edges, x)]);
    expect(none).toEqual([2, 2, 2]);
  });

  test("a value between edges is in the bin that spans it", () => {
    const scale = scaleOf(steps(119));
    for (let x = 0; x < 119 / 4; x += 1 / 16) {
      const bin = scale.bins[codeOf(scale.edges, x)];
      expect(scale.binEdges[bin]).toBeLessThanOrEqual(x);
      expect(scale.binEdges[bin + 1]).toBeGreaterThan(x);
    }
  });
});

describe("a logarithmic scale", () => {
  test("that reaches zero and below is linear around zero", () => {
    const edges = [-100, -1, -0.1, 0, 0.1, 1, 10, 100, 1000];
    const scale = scaleOf(edges, { knee: 0.1 });
    expect([scale.log, scale.skewed]).toEqual([false, true]);
    const log = new RangeScale(header(edges, { knee: 0.1 }), true);
    const places = edges.map((edge) => log.fraction(edge));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect([places[0], places[8]]).toEqual([0, 1]);
    // A tenfold is about as far everywhere, also where values are small.
    const steps = [places[5] - places[4], places[6] - places[5], places[7] - places[6]];
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.5);
    expect(edges.map((edge) => log.nearest(log.fraction(edge)))).toEqual(edges);
  });

  test("is not offered where there is no knee", () => {
    const scale = new RangeScale(header([1, 2, 3]), true);
    expect([scale.log, scale.skewed, scale.fraction(2)]).toEqual([false, false, 0.5]);
  });
});

test("the codes near a value come by how far their values are from it", () => {
  const scale = new RangeScale(RANGE);
  const codes = (value: number): number[] => [...scale.codesNear(value)];
  // Of the edges 0.01, 0.1, 1, 10 and 100, then minus and plus infinity.
  expect(codes(1)).toEqual([5, 4, 6, 3, 2, 1, 7, 8, 9, 0, 10]);
  expect(codes(60)).toEqual([8, 9, 7, 6, 5, 4, 3, 2, 1, 0, 10]);
  expect(codes(-5)).toEqual(codes(0.01));
  expect(codes(Infinity)[0]).toBe(10);
  expect(codes(-Infinity)[0]).toBe(0);
  expect([...new RangeScale({ ...RANGE, edges: [] }).codesNear(1)]).toEqual([0, 0]);
});
