import { expect, test } from "vitest";
import { isMap, plotOf, plotSide } from "../../src/values/plot";

const KEYS = [
  { key: "width", kind: "range" as const },
  { key: "label", kind: "values" as const },
  { key: "caption", kind: "text" as const },
  { key: "gps.lat", kind: "range" as const },
  { key: "gps.lon", kind: "range" as const },
  { key: "exif.position.latitude", kind: "range" as const },
  { key: "exif.position.longitude", kind: "range" as const },
  { key: "guess", kind: "values" as const },
  { key: "loss", kind: "range" as const },
  { key: "odd:value", kind: "range" as const },
];

test("a side is a key, or each of its values", () => {
  expect(plotSide("width", KEYS)).toEqual({ key: "width", byValue: false });
  expect(plotSide("label", KEYS)).toEqual({ key: "label", byValue: true });
  expect(plotSide("loss:value", KEYS)).toEqual({ key: "loss", byValue: true });
  expect(plotSide("odd:value", KEYS)).toEqual({ key: "odd:value", byValue: false });
  for (const text of ["caption", "nope", "nope:value", ":value"]) {
    expect(plotSide(text, KEYS)).toBeNull();
  }
});

test("longitude by latitude is a map, at any depth", () => {
  expect(isMap("gps.lon", "gps.lat")).toBe(true);
  expect(isMap("exif.position.longitude", "exif.position.latitude")).toBe(true);
  expect(isMap("Lng", "lat")).toBe(true);
  for (const [x, y] of [
    ["gps.lat", "gps.lon"],
    ["balloon", "lat"],
    ["lon", "flat"],
  ]) {
    expect(isMap(x, y)).toBe(false);
  }
});

test("a key is plotted with its match, else with the next of its kind", () => {
  expect(plotOf("gps.lat", KEYS)).toEqual(["gps.lon", "gps.lat"]);
  expect(plotOf("gps.lon", KEYS)).toEqual(["gps.lon", "gps.lat"]);
  expect(plotOf("exif.position.latitude", KEYS)).toEqual([
    "exif.position.longitude",
    "exif.position.latitude",
  ]);
  expect(plotOf("label", KEYS)).toEqual(["label", "guess"]);
  expect(plotOf("guess", KEYS)).toEqual(["guess", "label"]);
  expect(plotOf("loss", KEYS)).toEqual(["loss", "odd:value"]);
  expect(plotOf("width", KEYS.slice(0, 3))).toEqual(["width", "label"]);
  expect(plotOf("width", KEYS.slice(0, 1))).toEqual([]);
});
