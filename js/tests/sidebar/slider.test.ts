import { expect, test } from "vitest";
import { decide, dragged, moved, press, stepOf } from "../../src/sidebar/slider";
import { RangeScale } from "../../src/values/scale";

const REACH = 0.05;
const scale = new RangeScale({
  kind: "range",
  number: "integer",
  utc: false,
  log: false,
  knee: null,
  edges: Array.from({ length: 11 }, (_, i) => i),
  extra: [],
  missing: 0,
  negative_infinite: 0,
  positive_infinite: 0,
});

function drag(low: number, high: number, from: number, to: number) {
  const moving = decide(press(scale, { low, high }, from, REACH), to);
  return { low, high, ...dragged(scale, moving, to) };
}

test.each([
  ["a thumb taken off-centre does not jump", 2, 8, 0.23, 0.23, 2, 8],
  ["a thumb follows the pointer", 2, 8, 0.2, 0.4, 4, 8],
  ["the low thumb stops at the high one", 2, 8, 0.2, 1, 8, 8],
  ["the high thumb stops at the low one", 2, 8, 0.8, 0, 2, 2],
  ["thumbs that met part to the left", 5, 5, 0.5, 0.2, 2, 5],
  ["thumbs that met part to the right", 5, 5, 0.5, 0.8, 5, 8],
  ["thumbs that met at the end part", 10, 10, 1, 0.6, 6, 10],
  ["a press beside the window brings the nearer thumb", 4, 6, 0.1, 0.1, 1, 6],
  ["the filled middle moves both", 2, 8, 0.5, 0.6, 3, 9],
  ["both keep their distance at the end", 2, 8, 0.5, 1, 4, 10],
  ["at full range there is no room for both", 0, 10, 0.3, 0.4, 4, 10],
])("%s", (_, low, high, from, to, wantedLow, wantedHigh) => {
  expect(drag(low, high, from, to)).toEqual({ low: wantedLow, high: wantedHigh });
});

test("thumbs that met stay until the pointer moves", () => {
  expect(drag(5, 5, 0.5, 0.5)).toEqual({ low: 5, high: 5 });
});

test("a key does not push the other thumb", () => {
  expect(moved({ low: 2, high: 8 }, "low", scale.step(2, Infinity))).toEqual({ low: 8 });
});

test("other keys are not the slider's", () => {
  expect(stepOf("PageUp")).toBe(10);
  expect(stepOf("a")).toBeUndefined();
});
