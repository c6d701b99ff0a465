/** What is known of tiles: what was seen stays while there is room. */

import type { Tile } from "../protocol";
import type { TileState } from "../view";

/** A tile without its picture, in bytes, roughly. */
const TEXT_BYTES = 500;

const NO_VALUES: TileState["values"] = new Map();
const NOTHING: TileState = { name: null, values: NO_VALUES, url: null, error: null };

interface Entry {
  /** Never modified, so that an unchanged tile is known by its identity. */
  state: TileState;
  /** The same without values of another revision, which must not stand beside those of this one. */
  bare: TileState;
  /** Of the texts, and of the picture that was asked for; 0 where nothing came yet. */
  version: number;
  size: number;
  /** The version of which no more texts are to be had. */
  hopeless: number;
}

const NEW: Entry = { state: NOTHING, bare: NOTHING, version: 0, size: 0, hopeless: 0 };

export class TileCache {
  /** Counts the revisions of the dataset in which the texts are others. */
  version = 1;
  /** The least recently shown first. */
  readonly #entries = new Map<number, Entry>();
  readonly #limitBytes: number;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** What is known of a tile now; the same object as long as it is the same. */
  get(sampleId: number): TileState | undefined {
    const entry = this.#entries.get(sampleId);
    return entry?.version === this.version ? entry.state : entry?.bare;
  }

  /** Says that a tile is shown. */
  touch(sampleId: number): void {
    const entry = this.#entries.get(sampleId);
    if (entry) this.#put(sampleId, entry);
  }

  /** Whether a tile's picture is here as it was asked for, or is not to be had. */
  hasPicture(sampleId: number, size: number): boolean {
    return this.#entries.get(sampleId)?.size === size;
  }

  /** Whether there is a picture of any size, or a reason why not. */
  hasAnyPicture(sampleId: number): boolean {
    return !!this.#entries.get(sampleId)?.size;
  }

  /** Whether a tile's values are here as they are now, or are not to be had. */
  hasTexts(sampleId: number, keys: readonly string[]): boolean {
    const entry = this.#entries.get(sampleId);
    if (entry?.version !== this.version) return false;
    return entry.hopeless === this.version || keys.every((key) => entry.state.values.has(key));
  }

  /** Forgets the values of other keys: nobody would hear of their changes. */
  keep(keys: ReadonlySet<string>): void {
    for (const entry of this.#entries.values()) {
      const values = new Map([...entry.state.values].filter(([key]) => keys.has(key)));
      entry.state = { ...entry.state, values };
      entry.hopeless = 0;
    }
  }

  /** Has pictures asked for again that could not be had. */
  retry(): void {
    for (const entry of this.#entries.values()) if (entry.state.error !== null) entry.size = 0;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** Takes what a tile says of these keys, those sorted by last, unless it is outdated. */
  tell({ sample_id, name, captions, sorted }: Tile, keys: string[], version: number): void {
    const entry = this.#entries.get(sample_id) ?? NEW;
    if (entry.version > version) return;
    const values = new Map(entry.version === version ? entry.state.values : NO_VALUES);
    const told = [...captions, ...sorted];
    keys.forEach((key, i) => values.set(key, told[i] ?? null));
    this.#update(sample_id, { name, values }, { version });
  }

  /** Takes a picture, or why there is none. */
  picture(sampleId: number, size: number, picture: Pick<TileState, "url" | "error">): void {
    this.#update(sampleId, picture, { size });
  }

  /** What did not come of a tile is not asked for again before something changes. */
  giveUp(sampleId: number, version: number, size: number, reason: string): void {
    const { version: known, state } = this.#entries.get(sampleId) ?? NEW;
    const values = known === version ? state.values : NO_VALUES;
    if (known <= version) this.#update(sampleId, { values }, { version, hopeless: version });
    if (size) this.#update(sampleId, { error: state.url ? null : reason }, { size });
  }

  /** Forgets what has no room and is not shown. */
  evict(shown: ReadonlySet<number>): void {
    for (const id of this.#entries.keys()) {
      if (this.#bytes <= this.#limitBytes) return;
      if (!shown.has(id)) this.#remove(id);
    }
  }

  #update(id: number, changed: Partial<TileState>, fetched: Partial<Entry>): void {
    const old = this.#entries.get(id) ?? NEW;
    const state = { ...old.state, ...changed };
    this.#put(id, { ...old, ...fetched, state, bare: { ...state, values: NO_VALUES } });
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
}

function bytesOf({ state }: Entry): number {
  return TEXT_BYTES + (state.url?.length ?? 0);
}
