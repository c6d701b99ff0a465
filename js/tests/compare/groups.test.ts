import { expect, test } from "vitest";
import { Groups } from "../../src/compare/groups.svelte";
import type { SectionsView, SectionView, TilesView } from "../../src/view";

/** Sections of these sizes, code by code; their samples have ids from ten times the code on. */
function grouped(counts: number[], values: (string | null)[] = counts.map(String)) {
  const starts = counts.map((_, at) => counts.slice(0, at).reduce((sum, count) => sum + count, 0));
  const idsOf = (code: number) => Array.from({ length: counts[code] }, (_, i) => 10 * code + i);
  const ids = counts.flatMap((_, code) => idsOf(code));
  const sections = {
    key: "copies",
    length: counts.length,
    at: (code: number) => ({ code, count: counts[code], value: values[code] }) as SectionView,
    indexOf: (code: number) => code,
    indexAt: (place: number) => starts.filter((start) => start <= place).length - 1,
    idsOf: (code: number) => Promise.resolve(idsOf(code)),
  } as Partial<SectionsView> as SectionsView;
  const tiles = { sections, indexOf: (id: number) => ids.indexOf(id) };
  const settings = { compared: [] as readonly number[] };
  return { settings, groups: new Groups(tiles as Partial<TilesView> as TilesView, settings) };
}

test("one step goes to the next section that has two samples, and compares six at most", async () => {
  const { settings, groups } = grouped([2, 1, 0, 9, 2]);
  settings.compared = [1, 0];
  expect(groups.current?.code).toBe(0);
  await groups.go(1);
  expect([groups.current?.code, settings.compared]).toEqual([3, [30, 31, 32, 33, 34, 35]]);
  await groups.go(1);
  expect([settings.compared, groups.neighbour(1)]).toEqual([[40, 41], null]);
  await groups.go(1);
  await groups.go(-1);
  await groups.go(-1);
  expect([settings.compared, groups.neighbour(-1)]).toEqual([[0, 1], null]);
});

test("samples without the key are no group", () => {
  const { settings, groups } = grouped([2, 5], ["a", null]);
  settings.compared = [0, 1];
  expect(groups.neighbour(1)).toBeNull();
});

test("from samples that filters hide it goes on at either end", async () => {
  const { settings, groups } = grouped([2, 2]);
  settings.compared = [7, 8];
  expect([groups.current, groups.neighbour(1)?.code, groups.neighbour(-1)?.code]).toEqual([
    null,
    0,
    1,
  ]);
});

test("who was faster wins", async () => {
  const { settings, groups } = grouped([2, 2, 2]);
  settings.compared = [0, 1];
  const going = groups.go(1);
  settings.compared = [];
  await going;
  expect(settings.compared).toEqual([]);
});

test("a grid without sections has no groups", () => {
  const tiles = { sections: null, indexOf: () => 0 };
  const groups = new Groups(tiles, { compared: [1, 2] });
  expect([groups.any, groups.current, groups.neighbour(1)]).toEqual([false, null, null]);
});
