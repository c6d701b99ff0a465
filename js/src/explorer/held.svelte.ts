/** Tiles whose places wait for the data: which of them pass no longer, and how many are to move. */

import { untrack } from "svelte";
import type { Collection } from "../collection/collection";
import type { HeldView } from "../view";
import type { Display } from "./display.svelte";

/** How long a part of the counting may take, and how long it rests before the next, in ms. */
const PART_MS = 6;
const REST_MS = 10;

const NONE: ReadonlySet<number> = new Set();

export class Held implements HeldView {
  readonly #display: Display;
  #out = $state.raw(NONE);
  #moved = $state(0);
  #onScreen = $state.raw<readonly number[]>([]);
  #counting: ReturnType<typeof setTimeout> | undefined;

  constructor(display: Display) {
    this.#display = display;
  }

  get on(): boolean {
    return !!this.#display.result?.places.held;
  }

  get moved(): number {
    return this.on ? this.#moved : 0;
  }

  isOut(sampleId: number): boolean {
    return this.on && this.#out.has(sampleId);
  }

  sort(): void {
    this.#display.letGo();
  }

  /** Says which samples are on the screen. */
  look(sampleIds: readonly number[]): void {
    this.#onScreen = sampleIds;
  }

  follow(): () => void {
    const [collection, onScreen, on] = [this.#display.result, this.#onScreen, this.on];
    untrack(() => {
      if (on) void this.#compare(collection!, onScreen);
      else [this.#out, this.#moved] = [NONE, 0];
    });
    return () => clearTimeout(this.#counting);
  }

  async #compare(collection: Collection, onScreen: readonly number[]): Promise<void> {
    const { result } = collection.engine;
    const isOutdated = (): boolean => collection.engine.result.version > result.version;
    const passing = new Set(await collection.passingAmong(onScreen));
    if (isOutdated() || onScreen !== this.#onScreen) return;
    const out = onScreen.filter((id) => id >= 0 && !passing.has(id));
    if (out.length || this.#out.size) this.#out = new Set(out);
    await collection.engine.settled();
    if (!isOutdated() && this.on) this.#count(collection.places.moved());
  }

  /** Counts part by part, so that no frame waits for it. */
  #count(counting: Generator<void, number>): void {
    clearTimeout(this.#counting);
    const end = performance.now() + PART_MS;
    let next = counting.next();
    while (!next.done && performance.now() < end) next = counting.next();
    if (next.done) this.#moved = next.value;
    else this.#counting = setTimeout(() => this.#count(counting), REST_MS);
  }
}
