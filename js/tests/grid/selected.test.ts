import { expect, test } from "vitest";
import { canCompare, compareAt, compareSelected, hide, showOnly } from "../../src/grid/selected";
import { SampleSet } from "../../src/values/sampleset";
import type { SectionsView, SectionView } from "../../src/view";

/** In the order of the grid; 5 is hidden by a filter. */
const SHOWN = [4, 0, 3, 1, 2];
const TILES = {
  total: 6,
  indexOf: (id: number) => SHOWN.indexOf(id),
  allIds: () => [0, 1, 2, 3, 4, 5],
  sections: null as SectionsView | null,
};
const settingsWith = (...selected: number[]) => ({
  selected: SampleSet.of(selected),
  rows: null as SampleSet | null,
  compared: [] as readonly number[],
});

test("two to six are compared, in the order of the grid", () => {
  const can = (count: number) => canCompare({ selected: SampleSet.of([...Array(count).keys()]) });
  expect([0, 1, 2, 6, 7].map(can)).toEqual([false, false, true, true, false]);
  const settings = settingsWith(0, 1, 4, 5);
  compareSelected(TILES, settings);
  expect(settings.compared).toEqual([4, 0, 1, 5]);
});

test("what is selected shows alone, or is hidden from what shows, and stays selected", () => {
  const settings = settingsWith(1, 4);
  hide(TILES, settings);
  expect(settings.rows?.ids()).toEqual([0, 2, 3, 5]);
  settings.selected = SampleSet.of([2, 4]);
  hide(TILES, settings);
  expect(settings.rows?.ids()).toEqual([0, 3, 5]);
  showOnly(settings);
  expect([settings.rows?.ids(), settings.selected.ids()]).toEqual([
    [2, 4],
    [2, 4],
  ]);
});

test("without a selection a section is compared, where it has two", async () => {
  const ids = [[0], [1, 2, 3, 4, 5, 6, 7]];
  const sections = {
    indexAt: (place: number) => (place < 0 ? -1 : place),
    at: (code: number) => ({ code }) as SectionView,
    idsOf: (code: number) => Promise.resolve(ids[code]),
  } as Partial<SectionsView> as SectionsView;
  const settings = settingsWith();
  for (const index of [-1, 0]) await compareAt(index, { ...TILES, sections }, settings);
  expect(settings.compared).toEqual([]);
  await compareAt(1, { ...TILES, sections }, settings);
  expect(settings.compared).toEqual([1, 2, 3, 4, 5, 6]);
  await compareAt(1, { ...TILES, sections }, { ...settings, ...settingsWith(1) });
  expect(settings.compared).toEqual([1, 2, 3, 4, 5, 6]);
});
