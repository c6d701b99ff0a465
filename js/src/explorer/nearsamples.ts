/** Samples at a value of a key, and small pictures of samples that have no tile on the screen. */

import type { Edge } from "../protocol";
import type { SamplesAt, TileState } from "../view";
import type { Display } from "./display.svelte";
import type { Tiles } from "./tiles.svelte";

export class NearSamples implements SamplesAt {
  readonly #display: Display;
  readonly #tiles: Tiles;

  constructor(display: Display, tiles: Tiles) {
    [this.#display, this.#tiles] = [display, tiles];
  }

  async at(key: string, value: Edge, count: number): Promise<number[]> {
    return this.#display.collection?.near(key, value, count) ?? [];
  }

  show(sampleIds: readonly number[], edge: number): void {
    this.#tiles.showBeside(this, sampleIds, edge);
  }

  tile(sampleId: number): TileState | undefined {
    return this.#tiles.tile(sampleId);
  }
}
