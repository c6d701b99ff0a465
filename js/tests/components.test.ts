import { expect, test, vi } from "vitest";
import { outline } from "../src/components/histogram";
import { Recent } from "../src/components/recent";
import { slots } from "../src/components/slots";
import { FIT, panBy, zoomAt } from "../src/components/zoom";

const FRAME = { width: 200, height: 100 };

test("a tile keeps its element while it stays on the screen", () => {
  const before = slots({ first: 0, last: 8 }, 8);
  const after = slots({ first: 4, last: 12 }, 8);
  expect(after).toEqual([8, 9, 10, 11, 4, 5, 6, 7]);
  expect(after.slice(4)).toEqual(before.slice(4));
});

test("elements without a tile are idle", () => {
  expect(slots({ first: 0, last: 2 }, 4)).toEqual([0, 1, -1, -1]);
});

test("a histogram leaves out empty bins and keeps few visible beside many", () => {
  expect(outline([0, 0.5, 1], [0, 100], 100)).toBe("M0.5 1V0H1V1Z");
  expect(outline([0, 1], [1], 1_000_000)).toBe("M0 1V0.95H1V1Z");
});

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

test("a recent answer is not asked for again, a failed one is", async () => {
  const recent = new Recent<number>(2);
  const ask = vi.fn().mockRejectedValueOnce(new Error("busy")).mockResolvedValue(1);
  await expect(recent.get("a", ask)).rejects.toThrow("busy");
  await recent.get("a", ask);
  await recent.get("a", ask);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("the oldest answer is forgotten first", async () => {
  const recent = new Recent<string>(2);
  const ask = vi.fn((key: string) => Promise.resolve(key));
  for (const key of ["a", "b", "a", "c", "a", "b"]) await recent.get(key, () => ask(key));
  expect(ask.mock.calls.flat()).toEqual(["a", "b", "c", "b"]);
});
