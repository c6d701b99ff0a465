import { beforeAll, expect, test, vi } from "vitest";
import { Magnifier } from "../../src/ui/magnifier.svelte";

const LARGE = { width: 4000, height: 3000 };
const SMALL = { width: 1000, height: 750 };

beforeAll(() => void vi.stubGlobal("devicePixelRatio", 1));

function magnifier(): Magnifier {
  const made = new Magnifier(() => {});
  [made.width, made.height] = [400, 300];
  made.show(LARGE);
  return made;
}

test("pictures of one shape have one zoom, whatever their sizes", () => {
  const both = magnifier();
  both.zoomIn();
  both.pan("ArrowLeft");
  expect(both.zoomOf(SMALL)).toEqual(both.zoom);
});

test("at their own pixels each has its own, until they fit again", () => {
  const both = magnifier();
  both.press("1");
  expect([both.zoom.scale, both.zoomOf(SMALL).scale]).toEqual([10, 2.5]);
  both.zoomIn();
  expect(both.zoomOf(SMALL).scale).toBeCloseTo(3.75);
  both.lead(SMALL);
  expect([both.zoom.scale, both.zoomOf(LARGE).scale]).toEqual([3.75, 15]);
  both.press("0");
  both.zoomIn();
  expect(both.zoomOf(LARGE).scale).toBe(both.zoom.scale);
});

test("a picture of unknown size moves as the others do", () => {
  const both = magnifier();
  both.zoomIn();
  expect(both.zoomOf(null)).toEqual(both.zoom);
  both.lead(null);
  expect(both.zoomOf(SMALL)).toEqual(both.zoom);
});
