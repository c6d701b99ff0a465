/** How many of the selected samples the filters hide. */

import type { SampleSet } from "../values/sampleset";
import type { Settings, TilesView } from "../view";

/** What moves rests so long before all samples of the grid are looked at. */
const REST_MS = 200;

export class HiddenSelected {
  count = $state(0);

  /** To be called while a component is set up. */
  constructor(
    tiles: Pick<TilesView, "due" | "total" | "dueIds">,
    settings: Pick<Settings, "selected">,
  ) {
    $effect(() => {
      // Read anew with every result: another filter may leave as many.
      const { due, total } = tiles;
      const { selected } = settings;
      if (!selected.size || due === total) {
        this.count = 0;
        return;
      }
      let isOver = false;
      const timer = setTimeout(async () => {
        const seen = among(await tiles.dueIds(), selected);
        if (!isOver) this.count = selected.size - seen;
      }, REST_MS);
      return () => {
        isOver = true;
        clearTimeout(timer);
      };
    });
  }
}

function among(ids: ArrayLike<number>, selected: SampleSet): number {
  let seen = 0;
  for (let i = 0; i < ids.length; i++) seen += Number(selected.has(ids[i]));
  return seen;
}
