/** Which tile each of a fixed pool of elements shows, so that scrolling recycles elements instead of making them. */

import type { IndexRange } from "../values/gridlayout";

/** By slot, the index of its tile; -1 for an idle one. A tile keeps its slot while it stays in the range. */
export function slots({ first, last }: IndexRange, pool: number): number[] {
  return Array.from({ length: pool }, (_, slot) => {
    const index = first + ((((slot - first) % pool) + pool) % pool);
    return index < last ? index : -1;
  });
}
