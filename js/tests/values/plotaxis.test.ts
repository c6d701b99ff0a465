import { describe, expect, test } from "vitest";
import type { RangeHeader } from "../../src/protocol";
import { PlotAxis, type Stretch, WHOLE } from "../../src/values/plotaxis";
import { RangeScale } from "../../src/values/scale";
import { ticks } from "../../src/values/ticks";
import { random } from "../random";
import { RANGE } from "../rangekey";

const scaleOf = (some: Partial<RangeHeader>): RangeScale =>
  new RangeScale({ ...RANGE, extra: [], log: false, knee: null, ...some });
const LINEAR = scaleOf({ edges: Array.from({ length: 121 }, (_, i) => i / 4) });
const STARS = scaleOf({ number: "integer", edges: [1, 2, 3, 4, 5] });
const MANY = scaleOf({ number: "integer", edges: Array.from({ length: 4000 }, (_, i) => i + 64) });
const LOG = new RangeScale({ ...RANGE, extra: [], edges: [0.01, 0.1, 1, 2, 5, 10, 100] }, true);
const TYPED = scaleOf({ edges: [0, 1, 1.3, 2, 3], extra: [1.3] });
const CONSTANT = scaleOf({ edges: [7] });
const SCALES = { LINEAR, STARS, MANY, LOG, TYPED, CONSTANT };

/** The code of a value; null is missing. */
function codeOf({ edges, codeCount }: RangeScale, value: number | null): number {
  if (value === null) return codeCount - 1;
  const below = edges.filter((edge) => edge < value).length;
  return 2 * below + Number(edges.includes(value));
}

describe.each(Object.entries(SCALES))("on %s", (_, scale) => {
  const next = random(1);
  const stretches: Stretch[] = [
    WHOLE,
    { from: -0.5, to: 1.5 },
    ...Array.from({ length: 20 }, () => {
      const [a, b] = [next(1000) / 1000, next(1000) / 1000];
      return { from: Math.min(a, b), to: Math.max(a, b) + 0.001 };
    }),
  ];
  test.each(stretches)(
    "a value is in the bin that is at its place, from $from to $to",
    (stretch) => {
      const axis = new PlotAxis(scale, stretch);
      expect(axis.length).toBeGreaterThan(0);
      expect(axis.places).toHaveLength(axis.length + 1);
      expect([...axis.places].sort((a, b) => a - b)).toEqual(axis.places);
      expect(axis.length).toBeLessThanOrEqual(62);
      // All that is in sight is in a cell.
      expect(axis.places[0]).toBeLessThanOrEqual(Math.max(0, stretch.from) + 1e-9);
      expect(axis.places[axis.length]).toBeGreaterThanOrEqual(Math.min(1, stretch.to) - 1e-9);
      for (let i = 0; i < 200; i++) {
        const drawn = scale.first + ((scale.last - scale.first) * next(1001)) / 1000;
        const value = scale.number === "integer" ? Math.round(drawn) : drawn;
        const bin = axis.bins[codeOf(scale, value)];
        const [from, to] = [axis.places[bin], axis.places[bin + 1]];
        const place = axis.place(value);
        if (bin < axis.length) {
          expect(place).toBeGreaterThanOrEqual(from);
          expect(place).toBeLessThanOrEqual(to);
          expect(bin).toBe(axis.cellAt(place));
        } else expect(place < axis.places[0] || place >= axis.places[axis.length]).toBe(true);
      }
      const rest = [null, -Infinity, Infinity].map((value) => axis.bins[codeOf(scale, value)]);
      expect(rest).toEqual([axis.missing, axis.negative, axis.positive]);
    },
  );

  test("the whole axis has the bins of the histogram", () => {
    const { bins, length } = new PlotAxis(scale);
    expect(length).toBe(scale.binCount);
    expect([...bins.subarray(1, -2)]).toEqual([...scale.bins.subarray(1, -2)]);
  });

  test("places and values are there and back", () => {
    const axis = new PlotAxis(scale);
    for (const step of scale.steps) expect(axis.valueAt(axis.place(step))).toBeCloseTo(step);
  });

  test("there are marks, round ones and not too many", () => {
    for (const stretch of [WHOLE, { from: 0.2, to: 0.6 }]) {
      const marks = ticks(new PlotAxis(scale, stretch), stretch, 6);
      expect(marks.length).toBeGreaterThan(0);
      expect(marks.length).toBeLessThan(9);
      expect(marks.every((mark) => String(mark).length < 8)).toBe(true);
    }
  });
});

test("a rectangle reaches to steps, and over each integer as a whole", () => {
  const axis = new PlotAxis(STARS);
  expect(axis.places).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(axis.thumbs(0.31, 0.69)).toEqual({ low: 3, high: 3 });
  expect(axis.thumbs(0.2, 0.8)).toEqual({ low: 2, high: 4 });
  expect(axis.thumbs(0.01, 0.03)).toEqual({ low: 1, high: 1 });
  expect(axis.thumbs(-1, 2)).toEqual({ low: 1, high: 5 });
  expect(axis.reach({ min: 2, max: null, missing: false })).toEqual({ from: 0.2, to: 1 });
  expect(axis.ends(1)).toEqual([2, 2]);
  const linear = new PlotAxis(LINEAR);
  expect(linear.thumbs(0.1, 0.21)).toEqual({ low: 3, high: 6.25 });
  expect(linear.reach({ min: 3, max: 6, missing: false })).toEqual({ from: 0.1, to: 0.2 });
});

test("an axis without values has no cells", () => {
  const axis = new PlotAxis(scaleOf({ edges: [] }));
  expect([axis.length, axis.binCount]).toEqual([0, 4]);
  expect([...axis.bins]).toEqual([axis.positive, axis.missing]);
  expect(ticks(axis, WHOLE, 5)).toEqual([]);
});

test.each([
  ["hours of a day", "2024-05-01", "2024-05-02", "2024-05-01T06:00:00.000000"],
  ["months of a year", "2024-01-01", "2024-12-31", "2024-04-01T00:00:00.000000"],
  ["years", "1990-03-01", "2024-12-31", "2000-01-01T00:00:00.000000"],
])("datetimes are marked by %s", (_, first, last, mark) => {
  const edges = [first, last].map((iso) => Date.parse(iso) * 1000);
  const marks = ticks(new PlotAxis(scaleOf({ number: "datetime", edges })), WHOLE, 6);
  expect(marks).toContain(Date.parse(`${mark}Z`.replace("000000Z", "000Z")) * 1000);
});
