import { expect, test } from "vitest";
import {
  alike,
  FIT,
  fitted,
  panBy,
  percent,
  scalesFor,
  type Size,
  type Zoom,
  zoomAt,
} from "../../src/ui/zoom";

const FRAME = { width: 200, height: 100 };

test("zooming keeps the point under the pointer", () => {
  const { scale, x, y } = zoomAt(FIT, 2, 30, -10, FRAME);
  expect([scale, 30 * scale + x, -10 * scale + y]).toEqual([2, 30, -10]);
});

test("zooming out ends at the whole picture, panning at its edge", () => {
  const zoomed = zoomAt(FIT, 4, 50, 20, FRAME);
  const { scale, x, y } = zoomAt(zoomed, 0.01, 0, 0, FRAME);
  expect([scale, Math.abs(x), Math.abs(y)]).toEqual([1, 0, 0]);
  expect(panBy(zoomed, 1e6, -1e6, FRAME)).toEqual({ scale: 4, x: 300, y: -150 });
});

test("a small picture may be shown smaller than it fits, a large one as large as its pixels", () => {
  const [least, most] = scalesFor(4);
  expect([least, zoomAt(FIT, 0.01, 30, 10, FRAME, [least, most])]).toEqual([
    0.25,
    { scale: 0.25, x: 0, y: 0 },
  ]);
  expect(zoomAt(FIT, 1000, 0, 0, FRAME, scalesFor(0.01)).scale).toBeGreaterThan(100);
  expect(scalesFor(null)[0]).toBe(1);
});

test.each([
  [0.2112, "21 %"],
  [1, "100 %"],
  [0.0456, "4.6 %"],
  [0.00123, "0.12 %"],
  [15.3, "1530 %"],
])("%d is %s", (share, text) => {
  expect(percent(share)).toBe(text);
});

test("pictures that move together have the same part in the middle", () => {
  const [wide, tall] = [
    { width: 400, height: 100 },
    { width: 50, height: 100 },
  ];
  const zoom = zoomAt(FIT, 4, 50, 20, FRAME);
  const partOf = ({ scale, x, y }: Zoom, shape: Size) => {
    const { width, height } = fitted(shape, FRAME);
    return [0.5 - x / (scale * width), 0.5 - y / (scale * height)];
  };
  const other = alike(zoom, wide, tall, FRAME, 2);
  expect(other.scale).toBe(8);
  expect(partOf(other, tall)).toEqual(partOf(zoom, wide));
  const back = alike(other, tall, wide, FRAME, 1 / 2);
  expect([back.scale, back.x, back.y]).toEqual([4, zoom.x, zoom.y]);
  expect(alike(zoom, wide, { width: 40, height: 10 }, FRAME)).toEqual(zoom);
});

test("what came to lie beyond the edge does not jump back when it is moved", () => {
  const beyond = { scale: 2, x: 150, y: 0 };
  expect(panBy(beyond, 5, 0, FRAME).x).toBe(150);
  expect(panBy(beyond, -5, 0, FRAME).x).toBe(145);
});
