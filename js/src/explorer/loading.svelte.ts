/** Loads the dataset, and again whenever it is another one. */

import { Collection, type OpenEngine } from "../collection/collection";
import type { Described } from "../collection/types";
import { askForUpdate } from "../collection/updates";
import { openEngine } from "../engine/engine";
import EngineWorker from "../engine/worker?worker&inline";
import type { RequestChannel } from "../kernel/requests";
import type { Display } from "./display.svelte";
import type { FilterKeys } from "./filterkeys.svelte";
import type { FilterState } from "./filterstate";
import type { Holding } from "./holding";
import type { Pending } from "./pending.svelte";
import type { Tiles } from "./tiles.svelte";

/** What a dataset that is loaded is handed to. */
interface Parts {
  channel: RequestChannel;
  display: Display;
  filters: FilterState;
  holding: Holding;
  keys: FilterKeys;
  pending: Pending;
  tiles: Tiles;
}

export class Loading {
  readonly #parts: Parts;
  #failed = $state(false);
  #sizes = $state.raw<[number, number] | null>(null);
  #closed = false;

  /** Set while loading; true asks for another round. */
  #reload: boolean | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  close(): void {
    this.#parts.display.collection?.close();
    this.#closed = true;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** How many sizes of images the kernel has read, and of how many. */
  get sizes(): [number, number] | null {
    return this.#sizes;
  }

  /** Loads the dataset as it is now; while that lasts, further calls ask for another round. */
  async load(): Promise<void> {
    if (this.#reload !== undefined) {
      this.#reload = true;
      return;
    }
    this.#failed = false;
    do {
      this.#reload = false;
      this.#failed = !(await this.#parts.pending.run(() => this.#loadOnce()));
    } while (this.#reload);
    this.#reload = undefined;
    this.settle();
  }

  /** Has tiles go where they belong, unless that is to wait for the data. */
  settle(): void {
    const { display, holding } = this.#parts;
    if (this.#reload === undefined && !holding.on && display.collection?.places.held) {
      display.letGo();
    }
  }

  async #loadOnce(): Promise<void> {
    const { channel, display, filters, holding, keys, tiles } = this.#parts;
    const old = display.collection;
    const update = await askForUpdate(channel, old?.held(filters.wanted));
    const { description } = update;
    const show = await tiles.prepare(old, description);
    if (holding.on) await old?.places.hold();
    const isThere = await (old?.hasSame(description, "sample_id")
      ? old.renew(
          update,
          () => filters.wanted,
          () => display.await(old, show),
        )
      : this.#open(description, show));
    if (!isThere) this.#reload = true;
    this.#sizes = description.sizes;
    await filters.settle();
    void keys.pull();
  }

  /** Shows other rows; false when the description is outdated. */
  async #open(description: Described, show: () => void): Promise<boolean> {
    const { channel, display, filters, keys, pending, tiles } = this.#parts;
    const old = display.collection;
    const collection = await Collection.load(channel, description, openWithWorker, {
      changed: display.answered,
      failed: ({ message }) => pending.notify(message),
    });
    if (!collection) return false;
    if (old) collection.inheritSettings(old);
    tiles.lookAt(collection);
    // Nothing that is shown goes away; what is shown first does not wait for the columns.
    if (old) await keys.pull(collection);
    await pending.run(() => collection.follow(filters.question));
    if (old) collection.places.inherit(old.places);
    old?.close();
    if (this.#closed) collection.close();
    else display.collection = collection;
    display.await(collection, show);
    return true;
  }
}

const openWithWorker: OpenEngine = (rowCount, events) =>
  openEngine(rowCount, events, () => new EngineWorker());
