import { expect, test } from "vitest";
import { Cursor } from "../../src/grid/cursor.svelte";
import type { Viewport } from "../../src/grid/viewport.svelte";
import { SampleSet } from "../../src/values/sampleset";
import { SectionLayout } from "../../src/values/sectionlayout";
import type { SectionsView, Settings, TilesView } from "../../src/view";
import { OPTIONS, VIEWPORT } from "../gridlayouts";

/** Samples 100, 101, ... in sections of seven columns. */
function cursorIn(sizes: number[]) {
  const count = sizes.reduce((a, b) => a + b, 0);
  const layout = new SectionLayout({ ...OPTIONS, count }, sizes);
  const settings = { selected: SampleSet.EMPTY };
  const tiles = {
    count,
    sections: {} as SectionsView,
    idAt: (index: number) => 100 + index,
    indexOf: (id: number) => id - 100,
    idsBetween: async (first: number, last: number) => {
      return Array.from({ length: last - first }, (_, place) => 100 + first + place);
    },
  };
  const viewport = { layout, height: VIEWPORT, inner: { first: 0, last: count }, reveal() {} };
  const cursor = new Cursor(
    tiles as unknown as TilesView,
    settings as Settings,
    viewport as unknown as Viewport,
    () => {},
  );
  const press = (key: string, shiftKey = false): number => {
    cursor.press({ key, shiftKey } as KeyboardEvent);
    return cursor.index;
  };
  return { cursor, settings, press };
}

test("up and down come back to the column that they left in a short section", () => {
  const { cursor, press } = cursorIn([10, 2, 9]);
  cursor.goTo(105);
  expect(["ArrowDown", "ArrowDown", "ArrowDown"].map((key) => press(key))).toEqual([9, 11, 17]);
  expect(["ArrowUp", "ArrowUp", "ArrowUp"].map((key) => press(key))).toEqual([11, 9, 5]);
  expect(["ArrowDown", "ArrowLeft", "ArrowUp"].map((key) => press(key))).toEqual([9, 8, 1]);
});

test("Shift extends in the order that is shown, over the ends of sections", async () => {
  const { cursor, settings, press } = cursorIn([3, 0, 4]);
  cursor.goTo(101);
  for (let i = 0; i < 3; i++) press("ArrowRight", true);
  await Promise.resolve();
  await Promise.resolve();
  const all = [100, 101, 102, 103, 104, 105, 106];
  expect(all.filter((id) => settings.selected.has(id))).toEqual([101, 102, 103, 104]);
});
