/** One view's state: what the components see, derived from the traits and the collection. */

import type { AnyModel } from "@anywidget/types";
import { flushSync } from "svelte";
import { Attempts } from "./attempts.svelte";
import { Collection, type OpenEngine } from "./collection";
import { isRange, RangeColumn, wantedOf } from "./columns";
import { openEngine } from "./engine";
import { askForNews } from "./news";
import type { Category, Condition, Description, Filters, Traits } from "./protocol";
import { RequestChannel } from "./requests";
import { SharedSettings } from "./settings.svelte";
import { parseSort } from "./sort";
import { TraitSync } from "./sync";
import { formatCondition } from "./format";
import { toDataUrl, TileStore } from "./thumbnails";
import type { Detail, ExplorerView, KeyView, LargePicture, Notice, TileState } from "./view";
import EngineWorker from "./worker?worker&inline";

/** Long edges of thumbnails in px: few, so that a tile of another size mostly keeps its picture. */
const PICTURE_SIZES = [128, 256, 512, 1024, 2048];

/** Two frames: what an answer is waited for before anything else is drawn. */
const ANSWER_MS = 32;

const SILENCE: Notice = {
  id: -1,
  message: "The kernel does not answer: it is busy, or the connection is gone.",
};

export class Explorer implements ExplorerView {
  readonly settings: SharedSettings;
  readonly #sync: TraitSync;
  readonly #channel: RequestChannel;
  readonly #tiles: TileStore;
  readonly #attempts = new Attempts();
  #silent = $state(false);

  #collection = $state.raw<Collection>();
  // The engine and the tile store are plain: these say that they have something new.
  #results = $state(0);
  #tilesSeen = $state(0);

  #failed = $state(false);
  #pictureSize = PICTURE_SIZES[0];
  /** Keys whose filters are in view. */
  readonly #wantedKeys = new Set<string>();
  #wanting = false;
  #kept: number[] = [];
  #span = 0;
  #closed = false;
  #overdue: ReturnType<typeof setTimeout> | undefined;

  /** Set while loading; true asks for another round. */
  #reload: boolean | undefined;

  constructor(model: AnyModel<Traits>) {
    this.#sync = new TraitSync(model);
    this.#channel = new RequestChannel(
      model,
      ({ message }) => this.#attempts.notify(message),
      (silent) => (this.#silent = silent),
    );
    this.#tiles = new TileStore({
      fetch: async (body, onPart, signal) => {
        await this.#channel.request("tiles", body, { onPart, signal });
      },
      changed: () => this.#tilesSeen++,
    });
    this.settings = new SharedSettings(this.#sync, () => this.#adjust());
    this.#sync.observe("filters", () => void this.#settle());
    this.#sync.observe("_revision", () => void this.#load());
    this.#configureTiles();
    void this.#load();
  }

  close(): void {
    this.#tiles.close();
    this.#sync.close();
    this.#channel.close();
    this.#collection?.close();
    this.#closed = true;
  }

  get status(): ExplorerView["status"] {
    if (this.#collection) return "ready";
    if (this.#failed) return "failed";
    return this.#silent ? "silent" : "loading";
  }
  get sheet(): string {
    return this.#sync.get("_sheet");
  }
  get busy(): boolean {
    return this.#attempts.isLong;
  }
  get notices(): Notice[] {
    const { notices } = this.#attempts;
    return this.#silent && this.#collection ? [SILENCE, ...notices] : notices;
  }
  get name(): string {
    return this.#collection?.name ?? "";
  }
  get total(): number {
    return this.#collection?.total ?? 0;
  }
  get count(): number {
    return this.#result?.engine.answer.count ?? 0;
  }
  readonly #keys = $derived.by(() => this.#result?.keyViews() ?? []);
  get keys(): KeyView[] {
    return this.#keys;
  }
  readonly #chips = $derived.by(() => {
    return Object.entries(this.#result?.filters ?? {}).map(([key, condition]) => ({
      key,
      text: `${key} ${formatCondition(condition, this.typeOf(key))}`.trim(),
    }));
  });
  get chips(): { key: string; text: string }[] {
    return this.#chips;
  }

  dismiss(notice: number): void {
    if (notice === SILENCE.id) this.#silent = false;
    this.#attempts.dismiss(notice);
  }

  retry(): void {
    void this.#load();
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
    const condition = this.#filters[key];
    if (condition && isRange(condition)) {
      const isAll = include && condition.min === null && condition.max === null;
      this.filterBy(key, isAll ? null : { ...condition, missing: include });
    } else this.#results++;
  }

  filterBy(key: string, condition: Condition | null): void {
    const { [key]: _, ...others } = this.#filters;
    this.#sync.set("filters", condition ? { ...others, [key]: condition } : others);
    void this.#settle();
  }

  toggleValue(key: string, value: Category, checked: boolean): void {
    const others = wantedOf(this.#filters[key] ?? null).filter((wanted) => wanted !== value);
    const wanted = checked ? [...others, value] : others;
    const [only] = wanted;
    const isElement = this.#collection?.columns.get(key)?.kind === "elements";
    if (isElement && wanted.length === 1 && only !== null) {
      this.filterBy(key, { contains: only });
    } else this.filterBy(key, wanted.length ? { in: wanted } : null);
  }

  setLog(key: string, log: boolean): void {
    this.#collection?.setLog(key, log);
    this.#results++;
  }

  clearFilter(key: string): void {
    this.#collection?.forget(key);
    this.#setFilter(key, null, true);
  }

  clearFilters(): void {
    for (const key of Object.keys(this.#filters)) this.#collection?.forget(key);
    this.#sync.set("filters", {});
    void this.#settle();
  }

  countWithout(key: string): number {
    return this.#result?.countWithout(key) ?? 0;
  }

  async query(): Promise<string> {
    return (await this.#channel.request("query", { filters: this.#filters })).ok.query;
  }

  want(key: string, wanted: boolean): void {
    if (wanted) this.#wantedKeys.add(key);
    else this.#wantedKeys.delete(key);
    if (this.#wanting) return;
    this.#wanting = true;
    queueMicrotask(() => {
      this.#wanting = false;
      void this.#pullWanted();
    });
  }

  prepare(key: string): void {
    this.#collection?.prepare(key);
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

  async idsBetween(first: number, last: number): Promise<ArrayLike<number>> {
    return this.#collection?.idsBetween(first, last) ?? [];
  }

  keepPlace(sampleIds: number[]): void {
    this.#look(sampleIds, this.#span);
  }

  tile(sampleId: number): TileState | undefined {
    return this.#tilesSeen >= 0 ? this.#tiles.get(sampleId) : undefined;
  }

  showTiles(sampleIds: number[], edge: number): void {
    this.#pictureSize = pictureSize(edge * devicePixelRatio);
    this.#configureTiles();
    this.#tiles.show(sampleIds.filter((id) => id >= 0));
    this.#look(this.#kept, sampleIds.length);
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

  get #filters(): Filters {
    return this.#sync.get("filters");
  }

  /** The collection, read so that the reader runs again with every new result. */
  get #result(): Collection | undefined {
    return this.#results >= 0 ? this.#collection : undefined;
  }

  /** Follows the settings. */
  #adjust(): void {
    this.#configureTiles();
    if (this.#collection && this.#collection.sort !== this.settings.sort) void this.#settle();
  }

  #setFilter(key: string, condition: Condition | null, settled: boolean): void {
    if (!this.#collection) return;
    // Drawn once, with the answer; unless that takes long, or the user goes on.
    this.#overdue ??= setTimeout(this.#show, ANSWER_MS);
    this.#collection.setFilter(key, condition);
    this.#sync.set("filters", this.#collection.filters, settled);
  }

  /** Brings the grid to the filters and the sort of the traits. */
  async #settle(): Promise<void> {
    await this.#attempts.make(async () => this.#collection?.follow(this.#wanted));
    this.#results++;
  }

  readonly #wanted = (): { filters: Filters; sort: string } => ({
    filters: this.#filters,
    sort: this.settings.sort,
  });

  readonly #show = (): void => {
    clearTimeout(this.#overdue);
    this.#overdue = undefined;
    this.#results++;
  };

  refresh(): void {
    if (this.#overdue === undefined) return;
    this.#show();
    flushSync();
  }

  #look(kept: number[], span: number): void {
    if (kept === this.#kept && span === this.#span) return;
    [this.#kept, this.#span] = [kept, span];
    this.#collection?.look(kept, span);
  }

  async #pullWanted(collection = this.#collection): Promise<void> {
    await this.#attempts.make(async () => collection?.want([...this.#wantedKeys]));
  }

  #configureTiles(): void {
    const { captions, sort } = this.settings;
    this.#tiles.configure({ size: this.#pictureSize, captions, sort });
  }

  /** Loads the dataset as it is now; while that lasts, further calls ask for another round. */
  async #load(): Promise<void> {
    if (this.#reload !== undefined) {
      this.#reload = true;
      return;
    }
    this.#failed = false;
    do {
      this.#reload = false;
      this.#failed = !(await this.#attempts.make(() => this.#loadOnce()));
    } while (this.#reload);
    this.#reload = undefined;
  }

  async #loadOnce(): Promise<void> {
    const old = this.#collection;
    const news = await askForNews(this.#channel, old?.held);
    const { description } = news;
    if (old) this.#invalidateTiles(old, description);
    const isThere = await (old?.hasSame(description, "sample_id")
      ? old.renew(news, () => this.#filters)
      : this.#open(description));
    if (!isThere) this.#reload = true;
    await this.#settle();
    void this.#pullWanted();
  }

  /** Shows other rows; false when the description is outdated. */
  async #open(description: Description): Promise<boolean> {
    const old = this.#collection;
    const collection = await Collection.load(this.#channel, description, openWithWorker, {
      changed: this.#show,
      failed: ({ message }) => this.#attempts.notify(message),
    });
    if (!collection) return false;
    if (old) collection.inheritSettings(old);
    collection.look(this.#kept, this.#span);
    // Nothing that is shown goes away; what is shown first does not wait for the columns.
    if (old) await this.#pullWanted(collection);
    await this.#attempts.make(() => collection.follow(this.#wanted));
    old?.close();
    if (this.#closed) collection.close();
    else this.#collection = collection;
    return true;
  }

  /** Has tiles fetched again that another description has with other texts, or other pictures. */
  #invalidateTiles(old: Collection, description: Description): void {
    const texts = [
      "file_name",
      ...this.settings.captions,
      parseSort(this.settings.sort).key,
    ].filter(Boolean);
    if (!old.hasSame(description, ...texts)) this.#tiles.invalidate();
    if (!old.hasSame(description, "file_path_abs")) this.#tiles.retry();
  }
}

const openWithWorker: OpenEngine = (rowCount, events) =>
  openEngine(rowCount, events, () => new EngineWorker());

function pictureSize(px: number): number {
  return PICTURE_SIZES.find((size) => size >= px) ?? PICTURE_SIZES[PICTURE_SIZES.length - 1];
}
