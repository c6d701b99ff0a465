/** One view's state: what the components see, derived from the traits and the collection. */

import type { AnyModel } from "@anywidget/types";
import { Collection } from "./collection";
import { RangeColumn } from "./columns";
import type { Category, Condition, Filters, Push, Traits } from "./protocol";
import { RequestChannel } from "./requests";
import { TraitSync } from "./sync";
import { formatCondition } from "./format";
import { toDataUrl, TileStore } from "./thumbnails";
import type { Detail, ExplorerView, KeyView, LargePicture, Notice, TileState } from "./view";

/** Long edges of thumbnails in px: few, so that a tile of another size mostly keeps its picture. */
const PICTURE_SIZES = [128, 256, 512, 1024];

/** A kernel that is there, and not too busy, has answered by then. */
const SILENCE_MS = 3000;

export class Explorer implements ExplorerView {
  readonly #sync: TraitSync;
  readonly #channel: RequestChannel;
  readonly #tiles: TileStore;
  readonly #silence = setTimeout(() => (this.#silent = !this.#channel.heard), SILENCE_MS);
  #silent = $state(false);

  #collection = $state.raw<Collection>();
  // The crossfilter and the tile store are plain: these say that they have something new.
  #results = $state(0);
  #tilesSeen = $state(0);

  #sort = $state("");
  #thumbnailSize = $state(128);
  #captions = $state.raw<readonly string[]>([]);
  #height = $state(640);
  #selected = $state.raw<ReadonlySet<number>>(new Set());
  #active = $state<number | null>(null);
  #notices = $state.raw<Notice[]>([]);
  #noticeCount = 0;
  #pictureSize = PICTURE_SIZES[0];

  /** Set while loading; true asks for another round. */
  #reload: boolean | undefined;

  constructor(model: AnyModel<Traits>) {
    this.#sync = new TraitSync(model);
    this.#channel = new RequestChannel(model, this.#receive);
    this.#tiles = new TileStore({
      fetch: async (body, onPart, signal) => {
        await this.#channel.request("tiles", body, { onPart, signal });
      },
      changed: () => this.#tilesSeen++,
    });
    this.#follow("sort", (sort) => {
      this.#sort = sort;
      void this.#settle();
    });
    this.#follow("thumbnail_size", (px) => (this.#thumbnailSize = px));
    this.#follow("captions", (captions) => (this.#captions = captions));
    this.#follow("height", (px) => (this.#height = px));
    this.#follow("selected", (ids) => (this.#selected = new Set(ids)));
    this.#follow("active", (id) => (this.#active = id));
    this.#sync.observe("filters", () => void this.#settle());
    this.#configureTiles();
    void this.#load();
  }

  close(): void {
    clearTimeout(this.#silence);
    this.#tiles.close();
    this.#sync.close();
    this.#channel.close();
  }

  get status(): "loading" | "silent" | "ready" {
    if (this.#collection) return "ready";
    return this.#silent ? "silent" : "loading";
  }
  get sheet(): string {
    return this.#sync.get("_sheet");
  }
  get notices(): Notice[] {
    return this.#notices;
  }
  get name(): string {
    return this.#collection?.name ?? "";
  }
  get total(): number {
    return this.#collection?.total ?? 0;
  }
  get count(): number {
    return this.#result?.crossfilter.count ?? 0;
  }
  readonly #keys = $derived.by(() => this.#result?.keyViews() ?? []);
  get keys(): KeyView[] {
    return this.#keys;
  }
  readonly #chips = $derived.by(() => {
    return Object.entries(this.#result?.filters ?? {}).map(([key, condition]) => ({
      key,
      text: `${key} ${formatCondition(condition, this.typeOf(key))}`,
    }));
  });
  get chips(): { key: string; text: string }[] {
    return this.#chips;
  }
  get sort(): string {
    return this.#sort;
  }
  get thumbnailSize(): number {
    return this.#thumbnailSize;
  }
  get captions(): readonly string[] {
    return this.#captions;
  }
  get height(): number {
    return this.#height;
  }
  get selected(): ReadonlySet<number> {
    return this.#selected;
  }
  get active(): number | null {
    return this.#active;
  }

  dismiss(notice: number): void {
    this.#notices = this.#notices.filter(({ id }) => id !== notice);
  }

  setRange(key: string, low: number, high: number, settled: boolean): void {
    const column = this.#collection?.columns.get(key);
    if (!(column instanceof RangeColumn)) return;
    this.#setFilter(key, column.scale.toCondition(low, high, column.includeMissing), settled);
  }

  setIncludeMissing(key: string, include: boolean): void {
    const column = this.#collection?.columns.get(key);
    if (!(column instanceof RangeColumn)) return;
    column.includeMissing = include;
    this.#setFilter(key, column.condition, true);
  }

  toggleValue(key: string, value: Category, checked: boolean): void {
    const column = this.#collection?.columns.get(key);
    if (column?.kind === "values") this.#setFilter(key, column.toggled(value, checked), true);
  }

  clearFilter(key: string): void {
    this.#setFilter(key, null, true);
  }

  clearFilters(): void {
    this.#sync.set("filters", {});
    void this.#settle();
  }

  setSort(sort: string): void {
    this.#sync.set("sort", sort);
    this.#sort = sort;
    this.#configureTiles();
    void this.#settle();
  }

  setThumbnailSize(px: number): void {
    this.#sync.set("thumbnail_size", px, false);
    this.#thumbnailSize = px;
  }

  setHeight(px: number): void {
    this.#sync.set("height", px, false);
    this.#height = px;
  }

  setSelected(sampleIds: Iterable<number>): void {
    this.#selected = new Set(sampleIds);
    this.#sync.set("selected", [...this.#selected]);
  }

  setActive(sampleId: number | null): void {
    this.#sync.set("active", sampleId);
    this.#active = sampleId;
  }

  typeOf(key: string): string {
    return this.#result?.infos.find((info) => info.key === key)?.type ?? "";
  }

  idAt(index: number): number {
    return this.#result?.idAt(index) ?? -1;
  }

  indexOf(sampleId: number): number {
    return this.#result?.indexOf(sampleId) ?? -1;
  }

  tile(sampleId: number): TileState | undefined {
    return this.#tilesSeen >= 0 ? this.#tiles.get(sampleId) : undefined;
  }

  showTiles(sampleIds: number[], edge: number): void {
    this.#pictureSize = pictureSize(edge * devicePixelRatio);
    this.#configureTiles();
    this.#tiles.show(sampleIds);
  }

  async detail(sampleId: number): Promise<Detail> {
    return (await this.#channel.request("sample", { sample_id: sampleId })).ok;
  }

  async picture(sampleId: number, px: number): Promise<LargePicture> {
    const body = { sample_id: sampleId, size: px };
    const { ok, buffers } = await this.#channel.request("picture", body);
    const { error, mime, width, height, buffer } = ok.picture;
    if (error !== null) throw new Error(error);
    return { url: toDataUrl(buffers[buffer], mime), width, height };
  }

  /** The collection, read so that the reader runs again with every new result. */
  get #result(): Collection | undefined {
    return this.#results >= 0 ? this.#collection : undefined;
  }

  /** Takes a trait's value now and whenever somebody else changes it. */
  #follow<Name extends keyof Traits>(name: Name, take: (value: Traits[Name]) => void): void {
    const follow = (value: Traits[Name]): void => {
      take(value);
      this.#configureTiles();
    };
    this.#sync.observe(name, follow);
    take(this.#sync.get(name));
  }

  readonly #receive = (push: Push): void => {
    if (push.push === "changed") void this.#load();
    else this.#notify(push.message);
  };

  #notify(message: string): void {
    if (this.#notices.some((notice) => notice.message === message)) return;
    this.#notices = [...this.#notices, { id: this.#noticeCount++, message }];
  }

  #setFilter(key: string, condition: Condition | null, settled: boolean): void {
    if (!this.#collection) return;
    this.#collection.setFilter(key, condition);
    this.#results++;
    this.#sync.set("filters", this.#collection.filters, settled);
  }

  /** Brings the grid to the filters and the sort of the traits. */
  async #settle(): Promise<void> {
    await this.#attempt(async () => this.#collection?.follow(this.#wanted));
    this.#results++;
  }

  readonly #wanted = (): { filters: Filters; sort: string } => ({
    filters: this.#sync.get("filters"),
    sort: this.#sync.get("sort"),
  });

  #configureTiles(): void {
    const size = this.#pictureSize;
    this.#tiles.configure({ size, captions: this.#captions, sort: this.#sort });
  }

  /** Loads the dataset as it is now; while that lasts, further calls ask for another round. */
  async #load(): Promise<void> {
    if (this.#reload !== undefined) {
      this.#reload = true;
      return;
    }
    do {
      this.#reload = false;
      await this.#attempt(() => this.#loadOnce());
    } while (this.#reload);
    this.#reload = undefined;
  }

  async #loadOnce(): Promise<void> {
    const collection = await Collection.load(this.#channel);
    if (!collection) {
      this.#reload = true;
      return;
    }
    collection.inheritSettings(this.#collection);
    await collection.follow(this.#wanted);
    this.#collection = collection;
    this.#results++;
    this.#tiles.invalidate();
  }

  async #attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.#notify((error as Error).message);
    }
  }
}

function pictureSize(px: number): number {
  return PICTURE_SIZES.find((size) => size >= px) ?? PICTURE_SIZES[PICTURE_SIZES.length - 1];
}
