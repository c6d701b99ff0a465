/** The samples that show, and their tiles: pictures that fit, and texts of the order's revision. */

import type { Collection } from "../collection/collection";
import type { Result } from "../engine/types";
import type { RequestChannel } from "../kernel/requests";
import { areSame } from "../values/conditions";
import { parseSort, sortText } from "../values/sort";
import type { SectionsView, Settings, TilesView, TileState } from "../view";
import type { Collapsed } from "./collapsed";
import type { Display } from "./display.svelte";
import { Held } from "./held.svelte";
import { type SectionActions, ShownSections } from "./sections";
import { TileStore } from "./thumbnails";

/** Long edges of thumbnails in px: few, so that a tile of another size mostly keeps its picture. */
const PICTURE_SIZES = [128, 256, 512, 1024, 2048];

/** What is known of the values of a dataset, and may compare them with a description. */
interface Known<Description> {
  hasSame(description: Description, ...keys: string[]): boolean;
}

/** What the tiles go by. */
interface Surroundings {
  channel: RequestChannel;
  display: Display;
  settings: Pick<Settings, "captions" | "cut" | "sort">;
  collapsed: Collapsed;
}

export class Tiles implements TilesView {
  readonly #store: TileStore;
  readonly #display: Display;
  readonly #settings: Pick<Settings, "captions" | "cut" | "sort">;
  readonly #collapsed: Collapsed;
  /** To be called when other sections are collapsed. */
  readonly #folded: () => void;
  readonly held: Held;
  #sections: { of: unknown[]; view: SectionsView } | undefined;
  // The store is plain: this says that it has something new.
  #seen = $state(0);
  #pictureSize = PICTURE_SIZES[0];
  /** Samples of which the first that passes keeps its place, and how many there is room for. */
  #kept: number[] = [];
  #span = 0;
  /** Who shows pictures beside the grid. */
  readonly #beside = new Map<object, { sampleIds: readonly number[]; edge: number }>();

  constructor({ channel, display, settings, collapsed }: Surroundings, folded: () => void) {
    [this.#collapsed, this.#folded] = [collapsed, folded];
    this.#store = new TileStore({
      fetch: async (body, onPart, signal) => {
        await channel.request("tiles", body, { onPart, signal });
      },
      changed: () => this.#seen++,
    });
    this.#display = display;
    this.#settings = settings;
    this.held = new Held(display);
    this.adjust();
  }

  close(): void {
    this.#store.close();
  }

  /** Follows the settings. */
  adjust(): void {
    const { captions } = this.#settings;
    this.#store.configure({ size: this.#pictureSize, captions, sort: this.#sort });
  }

  /** By what the tiles that show are in order, which says what of their values is shown. */
  get #sort(): readonly string[] {
    const { cut, sort } = this.#settings;
    return cut ? [sortText({ key: cut.key, ascending: true })] : sort;
  }

  get total(): number {
    return this.#display.collection?.total ?? 0;
  }

  get count(): number {
    return this.#display.result?.places.result.shown ?? 0;
  }

  get due(): number {
    return this.#result?.shown ?? 0;
  }

  get passing(): number {
    const { shown, sections } = this.#result ?? { shown: 0 };
    return sections?.unfolded ?? shown;
  }

  /** The same object as long as the result is the same. */
  get sections(): SectionsView | null {
    const collection = this.#display.result;
    const { result, reading } = collection?.places ?? {};
    if (!result?.sections || !reading?.sections) return null;
    const of = [result.sections, reading, this.#result?.sections];
    if (this.#sections && areSame(of, this.#sections.of)) return this.#sections.view;
    const { sections, folded } = reading;
    const format = collection!.formatOf(sections.key);
    const counts = collection!.places.sectionCounts();
    const list = { ...result.sections, counts };
    const view = new ShownSections(list, sections, folded, format, this.#sectionActions);
    this.#sections = { of, view };
    return view;
  }

  get #result(): Result | undefined {
    return this.#display.result?.engine.result;
  }

  readonly #sectionActions: SectionActions = {
    toggle: (code) => {
      const sections = this.#display.collection?.places.reading.sections;
      if (!sections) return;
      this.#collapsed.toggle(sections.group, sections.nameOf(code));
      this.#folded();
    },
    collapseAll: (collapsed) => {
      const sections = this.#display.collection?.places.reading.sections;
      if (!sections) return;
      const length = collapsed ? sections.codeCount : 0;
      const names = Array.from({ length }, (_, code) => sections.nameOf(code));
      this.#collapsed.set(sections.group, names);
      this.#folded();
    },
    idsOf: async (code) => this.#display.collection?.idsOf(code) ?? [],
  };

  get order(): readonly string[] {
    return this.#display.result?.places.reading.order ?? [];
  }

  idAt(index: number): number {
    return this.#display.result?.places.idAt(index) ?? -1;
  }

  indexOf(sampleId: number): number {
    return this.#display.result?.places.indexOf(sampleId) ?? -1;
  }

  async idsBetween(first: number, last: number): Promise<ArrayLike<number>> {
    return this.#display.collection?.idsBetween(first, last) ?? [];
  }

  async dueIds(): Promise<ArrayLike<number>> {
    return this.#display.collection?.places.dueIds() ?? [];
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
    this.#pictureSize = pictureSize(edge);
    this.adjust();
    this.#store.show(sampleIds.filter((id) => id >= 0));
    this.held.look(sampleIds);
    this.#look(this.#kept, sampleIds.length);
  }

  /** Tells of which samples somebody shows pictures beside the grid, and their edge in CSS px. */
  showBeside(who: object, sampleIds: readonly number[], edge: number): void {
    this.#beside.delete(who);
    if (sampleIds.length) this.#beside.set(who, { sampleIds, edge });
    const all = [...this.#beside.values()];
    const largest = Math.max(edge, ...all.map((each) => each.edge));
    this.#store.showBeside(
      all.flatMap((each) => each.sampleIds),
      pictureSize(largest),
    );
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
    const { captions } = this.#settings;
    const texts = ["file_name", ...captions, ...this.#sort.map((by) => parseSort(by).key)];
    const { revision } = description;
    if (old && !old.hasSame(description, "file_path_abs")) this.#store.retry();
    if (!old || old.hasSame(description, ...texts)) return () => this.#store.follow(revision);
    return this.#store.prepare(revision);
  }
}

/** The size of a picture that is sharp at an edge in CSS px. */
function pictureSize(edge: number): number {
  const px = edge * devicePixelRatio;
  return PICTURE_SIZES.find((size) => size >= px) ?? PICTURE_SIZES.at(-1)!;
}
