import { expect, test } from "vitest";
import type { RangeHeader, Value } from "../../src/protocol";
import { RangeScale } from "../../src/values/scale";
import { sharing, similar } from "../../src/detail/similar";
import type { KeyView } from "../../src/view";

const HISTOGRAM = { all: new Uint32Array(), matching: new Uint32Array() };

function keyOf(key: Partial<KeyView>): KeyView {
  return {
    key: "key",
    type: "float",
    group: "metadata",
    kind: "range",
    condition: null,
    problem: null,
    missing: 0,
    complete: true,
    range: null,
    values: null,
    ...key,
  };
}

function ranged(edges: number[], header: Partial<RangeHeader> = {}): KeyView {
  const infinite = { negative_infinite: 0, positive_infinite: 0 };
  const whole: RangeHeader = {
    kind: "range",
    number: "float",
    utc: false,
    log: false,
    knee: null,
    edges,
    extra: [],
    missing: 0,
    ...infinite,
    ...header,
  };
  const scale = new RangeScale(whole);
  const range = { scale, axis: scale, histogram: HISTOGRAM };
  return keyOf({ range });
}

const HUNDRED = Array.from({ length: 101 }, (_, i) => i);

test.each<[string, number[], Value, object | null]>([
  ["a number takes its neighbours along", HUNDRED, 50.2, { min: 45, max: 55, missing: false }],
  ["at the end the range is open", HUNDRED, 1, { min: null, max: 6, missing: false }],
  ["of few values it stays alone", [1, 2, 3], 2, { min: 2, max: 2, missing: false }],
  ["an infinite one has no neighbours", HUNDRED, "inf", null],
  ["missing finds nothing", HUNDRED, null, null],
])("%s", (_, edges, value, condition) => {
  expect(similar(ranged(edges), value)).toEqual(condition);
});

test("missing is not like a value, also where the slider includes it", () => {
  const item = { ...ranged(HUNDRED), condition: { min: 2, max: null, missing: true } };
  expect(similar(item, 50.2)).toEqual({ min: 45, max: 55, missing: false });
});

test("the range always holds the value itself", () => {
  const item = ranged(HUNDRED.map((i) => (i * i) / 7));
  for (let value = 0; value < 1400; value += 13.7) {
    const { min, max } = similar(item, value) as Record<"min" | "max", number | null>;
    expect(min ?? -Infinity).toBeLessThanOrEqual(value);
    expect(max ?? Infinity).toBeGreaterThanOrEqual(value);
  }
});

test("datetimes are found around theirs", () => {
  const edges = HUNDRED.map((day) => day * 86_400_000_000);
  const item = ranged(edges, { number: "datetime" });
  expect(similar(item, "1970-01-11T06:00:00")).toEqual({
    min: "1970-01-06T00:00:00.000000",
    max: "1970-01-16T00:00:00.000000",
    missing: false,
  });
});

test("a key whose codes are not here finds the very number", () => {
  expect(similar(keyOf({}), 3.5)).toEqual({ min: 3.5, max: 3.5, missing: false });
});

test("values, texts and elements of lists", () => {
  expect(similar(keyOf({ type: "string", kind: "values" }), "rain")).toEqual({ in: ["rain"] });
  expect(similar(keyOf({ type: "boolean", kind: "values" }), false)).toEqual({ in: [false] });
  expect(similar(keyOf({ type: "string", kind: "text" }), "a dog")).toEqual({ contains: "a dog" });
  expect(sharing(keyOf({ type: "list", kind: "elements" }), "night")).toEqual({
    contains: "night",
  });
  expect(sharing(keyOf({ type: "list", kind: "other" }), 3)).toEqual({ contains: 3 });
  expect(similar(keyOf({ type: "list", kind: "other" }), ["night"])).toBeNull();
  expect(sharing(keyOf({ type: "string", kind: "text" }), "night")).toBeNull();
  expect(similar(undefined, "photo.jpg")).toBeNull();
});
