/** The samples that show, and their tiles: pictures that fit, and texts of the order's revision. */

import type { Collection } from "../collection/collection";
import type { RequestChannel } from "../kernel/requests";
import { sortKeys } from "../values/sort";
import type { SectionsView, Settings, TilesView, TileState } from "../view";
import type { Display } from "./display.svelte";
import { TileStore } from "./thumbnails";

/** Long edges of thumbnails in px: few, so that a tile of another size mostly keeps its picture. */
const PICTURE_SIZES = [128, 256, 512, 1024, 2048];

/** What is known of the values of a dataset, and may compare them with a description. */
interface Known<Description> {
  hasSame(description: Description, ...keys: string[]): boolean;
}

export class Tiles implements TilesView {
  readonly #store: TileStore;
  readonly #display: Display;
  readonly #settings: Pick<Settings, "captions" | "sort">;
  // The store is plain: this says that it has something new.
  #seen = $state(0);
  #pictureSize = PICTURE_SIZES[0];
  /** Samples of which the first that passes keeps its place, and how many there is room for. */
  #kept: number[] = [];
  #span = 0;

  constructor(
    channel: RequestChannel,
    display: Display,
    settings: Pick<Settings, "captions" | "sort">,
  ) {
    this.#store = new TileStore({
      fetch: async (body, onPart, signal) => {
        await channel.request("tiles", body, { onPart, signal });
      },
      changed: () => this.#seen++,
    });
    this.#display = display;
    this.#settings = settings;
    this.adjust();
  }

  close(): void {
    this.#store.close();
  }

  /** Follows the settings. */
  adjust(): void {
    const { captions, sort } = this.#settings;
    this.#store.configure({ size: this.#pictureSize, captions, sort: sort[0] ?? "" });
  }

  get total(): number {
    return this.#display.collection?.total ?? 0;
  }

  get count(): number {
    return this.#display.result?.engine.result.count ?? 0;
  }

  get passing(): number {
    return this.count;
  }

  get sections(): SectionsView | null {
    return null;
  }

  get order(): readonly string[] {
    return sortKeys(this.#display.order ? [this.#display.order] : [], () => false);
  }

  idAt(index: number): number {
    return this.#display.result?.idAt(index) ?? -1;
  }

  indexOf(sampleId: number): number {
    return this.#display.result?.indexOf(sampleId) ?? -1;
  }

  async idsBetween(first: number, last: number): Promise<ArrayLike<number>> {
    return this.#display.collection?.idsBetween(first, last) ?? [];
  }

  allIds(): ArrayLike<number> {
    return this.#display.collection?.allIds() ?? [];
  }

  tile(sampleId: number): TileState | undefined {
    return this.#seen >= 0 ? this.#store.get(sampleId) : undefined;
  }

  keepPlace(sampleIds: number[]): void {
    this.#look(sampleIds, this.#span);
  }

  showTiles(sampleIds: number[], edge: number): void {
    const px = edge * devicePixelRatio;
    this.#pictureSize = PICTURE_SIZES.find((size) => size >= px) ?? PICTURE_SIZES.at(-1)!;
    this.adjust();
    this.#store.show(sampleIds.filter((id) => id >= 0));
    this.#look(this.#kept, sampleIds.length);
  }

  /** Tells a collection what is on the screen. */
  lookAt(collection: Collection | undefined): void {
    collection?.look(this.#kept, this.#span);
  }

  #look(kept: number[], span: number): void {
    if (kept === this.#kept && span === this.#span) return;
    [this.#kept, this.#span] = [kept, span];
    this.lookAt(this.#display.collection);
  }

  /** Fetches the texts as another description has them; returns what puts them there. */
  async prepare<Description extends { revision: number }>(
    old: Known<Description> | undefined,
    description: Description,
  ): Promise<() => void> {
    const { captions, sort } = this.#settings;
    const texts = ["file_name", ...captions, ...sortKeys(sort, () => false)];
    const { revision } = description;
    if (old && !old.hasSame(description, "file_path_abs")) this.#store.retry();
    if (!old || old.hasSame(description, ...texts)) return () => this.#store.follow(revision);
    return this.#store.prepare(revision);
  }
}
