/** What can be done with the samples selected, besides selecting others. */

import { SampleSet } from "../values/sampleset";
import type { Settings, TilesView } from "../view";

/** So many samples fit side by side. */
const [LEAST, MOST] = [2, 6];

type Looking = Pick<Settings, "selected" | "rows" | "compared">;

export function canCompare({ selected }: Pick<Looking, "selected">): boolean {
  return selected.size >= LEAST && selected.size <= MOST;
}

/** Compares what is selected, in the order of the grid; what filters hide comes last. */
export function compareSelected(
  tiles: Pick<TilesView, "indexOf" | "total">,
  settings: Looking,
): void {
  const place = (id: number): number => (tiles.indexOf(id) + tiles.total) % tiles.total;
  settings.compared = settings.selected.ids().sort((a, b) => place(a) - place(b));
}

/** Shows what is selected alone, as far as it passes the filters. */
export function showOnly(settings: Looking): void {
  settings.rows = settings.selected;
}

/** Takes what is selected out of what shows; it stays selected, for more of it to be collected. */
export function hide(tiles: Pick<TilesView, "allIds">, settings: Looking): void {
  const chosen = settings.rows ?? SampleSet.of(tiles.allIds());
  settings.rows = chosen.without(settings.selected);
}

/** Compares what is selected, or else the first samples of the section that a grid position is in. */
export async function compareAt(
  index: number,
  tiles: Pick<TilesView, "indexOf" | "total" | "sections">,
  settings: Looking,
): Promise<void> {
  if (canCompare(settings)) return compareSelected(tiles, settings);
  const { sections } = tiles;
  const section = sections?.indexAt(index) ?? -1;
  if (settings.selected.size || section < 0) return;
  const ids = await sections!.idsOf(sections!.at(section).code);
  if (ids.length >= LEAST) settings.compared = Array.from(ids).slice(0, MOST);
}
