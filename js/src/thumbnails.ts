/**
 * Names, captions and pictures of tiles: what is shown is fetched, what was seen stays while there
 * is room.
 */

import type { Picture, Requests, Tile } from "./protocol";
import type { TileState } from "./view";

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
  sort: string;
}

/** Requests at the kernel at a time, so that the newest is soon begun. */
const MAX_IN_FLIGHT = 2;
/** Tiles per request. */
const BATCH = 128;
const LIMIT_BYTES = 48 * 2 ** 20;
/** A tile without its picture, in bytes, roughly. */
const TEXT_BYTES = 500;

const NOTHING: TileState = { name: null, captions: [], sorted: null, url: null, error: null };

interface Entry {
  /** Never modified, so that an unchanged tile is known by its identity. */
  state: TileState;
  /** Of the texts, and of the picture that was asked for; 0 where nothing came yet. */
  version: number;
  size: number;
}

interface Batch {
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
  readonly #limitBytes: number;
  readonly #changed: (sampleIds: number[]) => void;
  /** The least recently shown first. */
  readonly #entries = new Map<number, Entry>();
  #bytes = 0;
  readonly #inFlight = new Set<Batch>();
  #shown: ReadonlySet<number> = new Set();
  #query: TileQuery | null = null;
  /** Counts the changes of what the texts should be. */
  #version = 1;
  #planned = false;

  constructor(options: TileStoreOptions) {
    this.#fetch = options.fetch;
    this.#schedule = options.schedule ?? ((run) => void requestAnimationFrame(run));
    this.#limitBytes = options.limitBytes ?? LIMIT_BYTES;
    this.#changed = options.changed;
  }

  /** Changes what is asked for; old pictures and texts stay until their successors are there. */
  configure(query: TileQuery): void {
    const texts = ({ captions, sort }: TileQuery): string => JSON.stringify([captions, sort]);
    const old = this.#query;
    const sameTexts = old !== null && texts(old) === texts(query);
    if (sameTexts && old.size === query.size) return;
    if (!sameTexts) this.#version++;
    this.#query = query;
    this.#startAnew();
  }

  /** Tells what is on the screen, the most wanted first; anything else stops loading. */
  show(sampleIds: number[]): void {
    this.#shown = new Set(sampleIds);
    for (const id of sampleIds) {
      const entry = this.#entries.get(id);
      if (entry) this.#put(id, entry);
    }
    this.#plan();
  }

  /** What is known of a tile now; the same object as long as it is the same. */
  get(sampleId: number): TileState | undefined {
    return this.#entries.get(sampleId)?.state;
  }

  /** The texts changed: they are fetched again; pictures stay, and go on coming. */
  invalidate(): void {
    this.#version++;
    this.#plan();
  }

  /** Fetches pictures again that could not be had. */
  retry(): void {
    for (const entry of this.#entries.values()) if (entry.state.error !== null) entry.size = 0;
    this.#plan();
  }

  /** Stops loading and forgets everything. */
  close(): void {
    this.#query = null;
    this.#abort(() => true);
    this.#entries.clear();
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
    this.#abort(({ waiting }) => 2 * this.#wanted(waiting) < waiting.size);
    const query = this.#query;
    if (!query || this.#inFlight.size >= MAX_IN_FLIGHT) return;
    const missing = this.#missing();
    if (!missing.length) return;
    // Texts alone are here at once, so they come first.
    const texts = missing.filter((id) => this.#entries.get(id)?.size === query.size);
    if (texts.length) void this.#request(texts.slice(0, BATCH), { ...query, size: 0 });
    else void this.#request(missing.slice(0, BATCH), query);
    if (missing.length > Math.min(BATCH, texts.length || BATCH)) this.#plan();
  }

  #wanted(waiting: Set<number>): number {
    return [...waiting].filter((id) => this.#shown.has(id)).length;
  }

  /** Shown samples that nobody fetches and that lack something. */
  #missing(): number[] {
    const batches = [...this.#inFlight];
    return [...this.#shown].filter((id) => {
      const entry = this.#entries.get(id);
      const complete = entry?.version === this.#version && entry.size === this.#query?.size;
      return !complete && !batches.some(({ waiting }) => waiting.has(id));
    });
  }

  #abort(which: (batch: Batch) => boolean): void {
    for (const batch of [...this.#inFlight].filter(which)) {
      this.#inFlight.delete(batch);
      batch.controller.abort();
    }
  }

  async #request(sampleIds: number[], query: TileQuery): Promise<void> {
    const { size, captions, sort } = query;
    const waiting = new Set(sampleIds);
    const batch = { size, version: this.#version, waiting, controller: new AbortController() };
    const body = { sample_ids: sampleIds, size, captions: [...captions], sort };
    this.#inFlight.add(batch);
    let reason = "no picture came";
    try {
      const take = (part: Part, buffers: DataView[]): void => this.#take(batch, part, buffers);
      await this.#fetch(body, take, batch.controller.signal);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (!this.#inFlight.delete(batch)) return;
    this.#giveUp(batch, reason);
    this.#plan();
  }

  #take(batch: Batch, { tiles, pictures }: Part, buffers: DataView[]): void {
    if (!this.#inFlight.has(batch)) return;
    const { size, version, waiting } = batch;
    for (const tile of tiles) this.#update(tile.sample_id, textsOf(tile), { version });
    for (const picture of pictures) {
      this.#update(picture.sample_id, pictureOf(picture, buffers), { size });
    }
    for (const { sample_id } of size ? pictures : tiles) waiting.delete(sample_id);
    this.#evict();
    this.#changed([...new Set([...tiles, ...pictures].map(({ sample_id }) => sample_id))]);
  }

  /** What did not come is not asked for again before something changes. */
  #giveUp({ size, version, waiting }: Batch, reason: string): void {
    if (!waiting.size) return;
    for (const id of waiting) {
      const error = this.get(id)?.url ? null : reason;
      this.#update(id, size ? { error } : {}, size ? { version, size } : { version });
    }
    this.#changed([...waiting]);
  }

  #update(id: number, state: Partial<TileState>, fetched: Partial<Entry>): void {
    const old = this.#entries.get(id) ?? { state: NOTHING, version: 0, size: 0 };
    this.#put(id, { ...old, ...fetched, state: { ...old.state, ...state } });
  }

  #put(id: number, entry: Entry): void {
    this.#remove(id);
    this.#entries.set(id, entry);
    this.#bytes += bytesOf(entry);
  }

  #remove(id: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#bytes -= bytesOf(entry);
  }

  #evict(): void {
    for (const id of this.#entries.keys()) {
      if (this.#bytes <= this.#limitBytes) return;
      if (!this.#shown.has(id)) this.#remove(id);
    }
  }
}

function bytesOf({ state }: Entry): number {
  return TEXT_BYTES + (state.url?.length ?? 0);
}

function textsOf({ name, captions, sorted }: Tile): Partial<TileState> {
  return { name, captions, sorted };
}

function pictureOf({ error, mime, buffer }: Picture, buffers: DataView[]): Partial<TileState> {
  return { error, url: error === null ? toDataUrl(buffers[buffer], mime) : null };
}

/** Bytes as a data URL; painted three times as fast as a blob URL, and nothing is to be revoked. */
export function toDataUrl(bytes: DataView, mime: string): string {
  const array = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return `data:${mime};base64,${toBase64(array)}`;
}

// String.fromCharCode takes its input as arguments, and their number is limited.
const CHUNK = 2 ** 15;

function toBase64(bytes: Uint8Array & { toBase64?: () => string }): string {
  if (bytes.toBase64) return bytes.toBase64();
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(binary);
}
