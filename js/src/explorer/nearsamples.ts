/** Samples at a value of a key, and small pictures of samples that have no tile on the screen. */

import type { SamplesAt, TileState } from "../view";

export class NearSamples implements SamplesAt {
  async at(): Promise<number[]> {
    return [];
  }

  show(): void {}

  tile(): TileState | undefined {
    return undefined;
  }
}
