/**
 * Names, captions and pictures of tiles: what is shown is fetched, what was seen stays while there
 * is room.
 */

import { areSame } from "../values/conditions";
import type { Picture, Requests } from "../protocol";
import { parseSort, toSort } from "../values/sort";
import { toDataUrl } from "./dataurl";
import { TileCache } from "./tilecache";
import type { TileState } from "../view";

type Part = Requests["tiles"]["part"];

/** Asks the kernel for tiles; parts come one by one until the promise settles. */
export interface TileFetch {
  (
    body: Requests["tiles"]["body"],
    onPart: (part: Part, buffers: DataView[]) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface TileStoreOptions {
  fetch: TileFetch;
  /** Runs a function once, on the next frame. */
  schedule?: (run: () => void) => void;
  /** What to keep, in bytes. */
  limitBytes?: number;
  /** Told which tiles have a new state. */
  changed: (sampleIds: number[]) => void;
}

/** What is asked for of each tile. */
export interface TileQuery {
  /** Long edge of the thumbnails in px. */
  size: number;
  captions: readonly string[];
  sort: readonly string[];
}

/** Requests at the kernel at a time, so that the newest is soon begun. */
const MAX_IN_FLIGHT = 2;
/** Tiles per request. */
const BATCH = 128;
const LIMIT_BYTES = 48 * 2 ** 20;

interface Batch {
  /** Whether it is for pictures beside the grid. */
  isBeside: boolean;
  /** Those whose values it brings. */
  keys: string[];
  /** Of the pictures; 0 where only texts are fetched. */
  size: number;
  /** Of the texts. */
  version: number;
  /** Samples that not all has come of. */
  waiting: Set<number>;
  controller: AbortController;
}

export class TileStore {
  readonly #fetch: TileFetch;
  readonly #schedule: (run: () => void) => void;
  readonly #cache: TileCache;
  readonly #changed: (sampleIds: number[]) => void;
  readonly #inFlight = new Set<Batch>();
  #shown: ReadonlySet<number> = new Set();
  /** Samples whose pictures are shown beside the grid, and what is asked for of them. */
  #beside: ReadonlySet<number> = new Set();
  #besideQuery: TileQuery = { size: 0, captions: [], sort: [] };
  #query: TileQuery | null = null;
  /** Of the dataset as it is shown: texts are asked for as they are there. */
  #revision = -1;
  #planned = false;

  constructor(options: TileStoreOptions) {
    this.#fetch = options.fetch;
    this.#schedule = options.schedule ?? ((run) => void requestAnimationFrame(run));
    this.#cache = new TileCache(options.limitBytes ?? LIMIT_BYTES);
    this.#changed = options.changed;
  }

  /** Changes what is asked for; what is known stays until its successors are there. */
  configure(query: TileQuery): void {
    const old = this.#query;
    const keys = keysOf(query);
    const sameTexts = old !== null && areSame(keysOf(old), keys);
    if (sameTexts && old.size === query.size) return;
    this.#query = query;
    if (!sameTexts) this.#cache.keep(new Set(keys));
    this.#startAnew();
  }

  /** Tells what is on the screen, the most wanted first; anything else stops loading. */
  show(sampleIds: number[]): void {
    this.#shown = new Set(sampleIds);
    for (const id of sampleIds) this.#cache.touch(id);
    this.#plan();
  }

  /**
   * Tells which pictures are shown beside the grid: any that is here will do, others come without
   * waiting for tiles.
   */
  showBeside(sampleIds: readonly number[], size: number): void {
    this.#beside = new Set(sampleIds);
    this.#besideQuery = { ...this.#besideQuery, size };
    for (const id of sampleIds) this.#cache.touch(id);
    this.#plan();
  }

  /** What is known of a tile now; the same object as long as it is the same. */
  get(sampleId: number): TileState | undefined {
    return this.#cache.get(sampleId);
  }

  /** Goes on to another revision of the dataset, in which all texts are the same. */
  follow(revision: number): void {
    this.#revision = revision;
  }

  /**
   * Fetches the texts that are shown as they are in another revision; gives what puts them there,
   * to be called when that revision is shown. Pictures stay, and go on coming.
   */
  async prepare(revision: number): Promise<() => void> {
    const parts: Part[] = [];
    const query = this.#query;
    if (query && this.#shown.size) {
      const { captions, sort } = query;
      const sample_ids = [...this.#shown];
      const body = { sample_ids, size: 0, captions: [...captions], sort: toSort(sort), revision };
      const { signal } = new AbortController();
      // Without them the tiles are blank until theirs come.
      await this.#fetch(body, (part) => void parts.push(part), signal).catch(() => {});
    }
    return () => {
      this.#revision = revision;
      const version = ++this.#cache.version;
      const tiles = parts.flatMap((part) => part.tiles);
      if (query) for (const tile of tiles) this.#cache.tell(tile, keysOf(query), version);
      this.#changed(tiles.map(({ sample_id }) => sample_id));
      this.#plan();
    };
  }

  /** Fetches pictures again that could not be had. */
  retry(): void {
    this.#cache.retry();
    this.#plan();
  }

  /** Stops loading and forgets everything. */
  close(): void {
    this.#query = null;
    this.#abort(() => true);
    this.#cache.clear();
  }

  #startAnew(): void {
    this.#abort(() => true);
    this.#plan();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#schedule(() => {
      this.#planned = false;
      this.#next();
    });
  }

  /** Drops requests that were scrolled away, and sends one for what is wanted most. */
  #next(): void {
    this.#abort((batch) => 2 * this.#wanted(batch) < batch.waiting.size);
    const beside = this.#missing(this.#beside, (id) => this.#cache.hasAnyPicture(id));
    if (beside.length) void this.#request(beside, this.#besideQuery, true);
    const query = this.#query;
    const busy = [...this.#inFlight].filter(({ isBeside }) => !isBeside);
    if (!query || busy.length >= MAX_IN_FLIGHT) return;
    const keys = keysOf(query);
    const missing = this.#missing(
      this.#shown,
      (id) => this.#cache.hasTexts(id, keys) && this.#cache.hasPicture(id, query.size),
    );
    if (!missing.length) return;
    // Texts alone are here at once, so they come first.
    const texts = missing.filter((id) => this.#cache.hasPicture(id, query.size));
    if (texts.length) void this.#request(texts.slice(0, BATCH), { ...query, size: 0 });
    else void this.#request(missing.slice(0, BATCH), query);
    if (missing.length > Math.min(BATCH, texts.length || BATCH)) this.#plan();
  }

  #wanted({ waiting, isBeside }: Batch): number {
    const wanted = isBeside ? this.#beside : this.#shown;
    return [...waiting].filter((id) => wanted.has(id)).length;
  }

  /** Samples that nobody fetches and of which not all is here. */
  #missing(shown: ReadonlySet<number>, isHere: (id: number) => boolean): number[] {
    const batches = [...this.#inFlight];
    return [...shown].filter(
      (id) => !isHere(id) && !batches.some(({ waiting }) => waiting.has(id)),
    );
  }

  #abort(which: (batch: Batch) => boolean): void {
    for (const batch of [...this.#inFlight].filter(which)) {
      this.#inFlight.delete(batch);
      batch.controller.abort();
    }
  }

  async #request(sampleIds: number[], query: TileQuery, isBeside = false): Promise<void> {
    const { size, captions, sort } = query;
    const waiting = new Set(sampleIds);
    const [keys, version, revision] = [keysOf(query), this.#cache.version, this.#revision];
    const controller = new AbortController();
    const batch: Batch = { isBeside, keys, size, version, waiting, controller };
    const body = {
      sample_ids: sampleIds,
      size,
      captions: [...captions],
      sort: toSort(sort),
      revision,
    };
    this.#inFlight.add(batch);
    let reason = "no picture came";
    try {
      const take = (part: Part, buffers: DataView[]): void => this.#take(batch, part, buffers);
      await this.#fetch(body, take, controller.signal);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (!this.#inFlight.delete(batch)) return;
    this.#giveUp(batch, reason);
    this.#plan();
  }

  #take(batch: Batch, { tiles, pictures }: Part, buffers: DataView[]): void {
    if (!this.#inFlight.has(batch)) return;
    const { keys, size, version, waiting } = batch;
    for (const tile of tiles) this.#cache.tell(tile, keys, version);
    for (const picture of pictures) {
      this.#cache.picture(picture.sample_id, size, pictureOf(picture, buffers));
    }
    for (const { sample_id } of size ? pictures : tiles) waiting.delete(sample_id);
    this.#cache.evict(new Set([...this.#shown, ...this.#beside]));
    this.#changed([...new Set([...tiles, ...pictures].map(({ sample_id }) => sample_id))]);
  }

  /** What did not come is not asked for again before something changes. */
  #giveUp({ isBeside, size, version, waiting }: Batch, reason: string): void {
    if (!waiting.size) return;
    for (const id of waiting) {
      if (isBeside) this.#cache.picture(id, size, { url: null, error: reason });
      else this.#cache.giveUp(id, version, size, reason);
    }
    this.#changed([...waiting]);
  }
}

/** The keys whose values a tile brings, in the order of its captions; those sorted by last. */
function keysOf({ captions, sort }: TileQuery): string[] {
  return [...captions, ...sort.map((by) => parseSort(by).key)];
}

function pictureOf({ error, mime, buffer }: Picture, buffers: DataView[]) {
  return { error, url: error === null ? toDataUrl(buffers[buffer], mime) : null };
}
