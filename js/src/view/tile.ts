/** What is known of one tile. */

import type { Value } from "../protocol";

/** What is known of a tile; null where it has not arrived. */
export interface TileState {
  name: string | null;
  /** Of the captions and the key sorted by, those that are known. */
  values: ReadonlyMap<string, Value>;
  url: string | null;
  /** Why there is no picture. */
  error: string | null;
}
