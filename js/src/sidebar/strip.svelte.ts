/** Pictures of samples at a value that somebody points to: which, and from when on. */

import type { Edge } from "../protocol";
import type { SamplesAt, TileState } from "../view";

/** As many as there is room for. */
const MOST = 5;
/** Edge of a picture in px. */
export const EDGE = 64;
/** Between two questions while a thumb moves. */
const PAUSE_MS = 150;
/** So long new pictures may take before they are shown one by one. */
const PATIENCE_MS = 400;

/** Samples at a value. */
export interface Pictures {
  value: Edge;
  ids: readonly number[];
}

export class Strip {
  readonly #samples: SamplesAt;
  readonly #key: () => string;
  /** What stands there: the pictures of before, until the new ones are here. */
  #shown = $state.raw<Pictures | null>(null);
  /** What is to stand there. */
  #next = $state.raw<Pictures | null>(null);
  #wanted: Edge | null = null;
  #isAsking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(samples: SamplesAt, key: () => string) {
    this.#samples = samples;
    this.#key = key;
  }

  get shown(): Pictures | null {
    return this.#shown;
  }

  tile(sampleId: number): TileState | undefined {
    return this.#samples.tile(sampleId);
  }

  /** Says at which value pictures are wanted, from when on in ms; null is nowhere. */
  point(value: Edge | null, after = 0): void {
    if (value === this.#wanted) return;
    this.#wanted = value;
    if (value === null) return this.#clear();
    if (this.#isAsking || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#ask(), after);
  }

  /** To be called when pictures may have come: shows the new ones once all are here. */
  renew(): void {
    const next = this.#next;
    if (!next || next === this.#shown) return;
    const come = next.ids.filter((id) => this.#isHere(id)).length;
    if (come === next.ids.length || (come > 0 && !this.#shown)) this.#show(next);
  }

  async #ask(): Promise<void> {
    const value = this.#wanted;
    this.#timer = undefined;
    if (value === null) return;
    this.#isAsking = true;
    const ids = await this.#samples.at(this.#key(), value, MOST).catch(() => []);
    this.#isAsking = false;
    if (this.#wanted === null) return;
    this.#await({ value, ids });
    if (this.#wanted !== value) this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  #await(next: Pictures): void {
    this.#next = next.ids.length ? next : null;
    this.#samples.show(next.ids, EDGE);
    clearTimeout(this.#patience);
    if (next.ids.length) this.#patience = setTimeout(() => this.#show(next), PATIENCE_MS);
    else this.#show(null);
    this.renew();
  }

  #show(pictures: Pictures | null): void {
    clearTimeout(this.#patience);
    this.#shown = pictures;
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = null;
    this.#show(null);
    this.#samples.show([], EDGE);
  }

  #isHere(id: number): boolean {
    const tile = this.#samples.tile(id);
    return tile !== undefined && (tile.url !== null || tile.error !== null);
  }
}
