/** What is on display: the collection, and when what is new of it is drawn. */

import { flushSync } from "svelte";
import type { Collection } from "../collection/collection";

/** Two frames: what an answer is waited for before anything else is drawn. */
const ANSWER_MS = 32;

export class Display {
  #collection = $state.raw<Collection>();
  // The engine is plain: this says that it has something new.
  #results = $state(0);
  #overdue: ReturnType<typeof setTimeout> | undefined;
  #drawn: (() => void) | undefined;

  /** What waits for a result of the engine, to be shown with it. */
  #due: { collection: Collection; sent: number; show: () => void } | undefined;

  get collection(): Collection | undefined {
    return this.#collection;
  }
  set collection(collection: Collection) {
    this.#collection = collection;
  }

  /** The collection, read so that the reader runs again with every new result. */
  get result(): Collection | undefined {
    return this.#results >= 0 ? this.#collection : undefined;
  }

  /** Has what is shown read anew. */
  renew(): void {
    this.#results++;
  }

  readonly draw = (): void => {
    clearTimeout(this.#overdue);
    this.#overdue = undefined;
    this.renew();
    // The page is drawn before the next task.
    if (this.#drawn) setTimeout(this.#drawn);
    this.#drawn = undefined;
  };

  /** Draws with the next result, or before it where that takes long. */
  drawSoon(): void {
    this.#overdue ??= setTimeout(this.draw, ANSWER_MS);
  }

  /** Does something once nothing waits to be drawn, only the latest that is asked for. */
  whenDrawn(action: () => void): void {
    if (this.#overdue === undefined) action();
    else this.#drawn = action;
  }

  /** Draws at once what waits for a result. */
  refresh(): void {
    if (this.#overdue === undefined) return;
    this.draw();
    flushSync();
  }

  /** Has tiles go where they belong. */
  letGo(): void {
    this.#collection?.places.letGo();
    this.draw();
  }

  /** Has something shown together with the result of all that was sent to the engine so far. */
  await(collection: Collection, show: () => void): void {
    const before = this.#due?.show;
    const showAll = (): void => {
      before?.();
      show();
    };
    this.#due = { collection, sent: collection.engine.sent, show: showAll };
    this.answered();
  }

  /** To be called when the engine has a result. */
  readonly answered = (): void => {
    const due = this.#due;
    if (due && due.collection.engine.result.version >= due.sent) {
      this.#due = undefined;
      due.show();
    }
    this.draw();
  };
}
