/** What the components see of an explorer: values and callbacks, no model, no kernel. */

import type { KeyFormat } from "./values/keyformat";
import type { Category, ColumnKind, Condition, Edge, LastChange, Value } from "./protocol";
import type { SampleSet } from "./values/sampleset";
import type { RangeScale } from "./values/scale";
import type { DifferingView } from "./view/differing";
import type { PlotView } from "./view/plot";
import type { TileState } from "./view/tile";

export type { TileState };

export interface Histogram {
  /** Counts per bin of all samples. */
  all: Uint32Array;
  /** Counts per bin of the samples that pass every other filter. */
  matching: Uint32Array;
}

export interface RangeView {
  /** Of the data, with the bins of the histogram. */
  scale: RangeScale;
  /** Along which thumbs and bars stand: while a thumb is held, as it was at the beginning. */
  axis: RangeScale;
  histogram: Histogram;
}

/** A value of a value list, or an element of lists. */
export interface ValueItem {
  value: Category;
  /** Samples with it that pass every other filter. */
  count: number;
  checked: boolean;
}

export interface KeyView {
  key: string;
  type: string;
  group: "dimensions" | "files" | "metadata";
  kind: ColumnKind;
  /** The filter on this key. */
  condition: Condition | null;
  /** Why this key cannot be filtered by. */
  problem: string | null;
  /** Samples that lack the key, of all samples. */
  missing: number;
  /** Whether all values or elements are listed, or only the most frequent. */
  complete: boolean;
  /** Set once the codes of a range key are here. */
  range: RangeView | null;
  /**
   * Set once the codes of values, elements or text are here; missing comes last, with value null,
   * and is all that there is of text.
   */
  values: ValueItem[] | null;
}

export interface Detail {
  /** Built-in fields: name, value. */
  fields: [string, Value][];
  /** Metadata: key, type, value. */
  metadata: [string, string, Value][];
  /** By key the last change of the value, as far as it is known. */
  changes?: Record<string, LastChange>;
}

export interface LargePicture {
  url: string;
  width: number;
  height: number;
}

export interface Notice {
  id: number;
  message: string;
  /** Whether something went wrong; else it only tells what happened. */
  isProblem: boolean;
}

export interface HiddenKeys {
  /** Keys that the user does not want to see among the filters. */
  get hidden(): ReadonlySet<string>;
  set hidden(keys: Iterable<string>);
}

/** A threshold on a key; `at` as a bound of its filter would be. */
export interface Cut {
  key: string;
  at: number | string;
}

export type GroupOrder = "value" | "-value" | "count" | "-count";

/** What the user sets beside the filters. Of `active`, `cut` and `compared` setting one clears the others. */
export interface Settings extends HiddenKeys {
  /** By which keys in turn, such as "temperature" or "-temperature"; "random:SEED" shuffles. */
  sort: readonly string[];
  /** The samples of which those that pass the filters show; null is all. */
  rows: SampleSet | null;
  /** A key, maybe with a form such as "taken:month"; "" is none. */
  group: string;
  groupOrder: GroupOrder;
  /** How many of each section show at most; 0 is all. */
  perGroup: number;
  cut: Cut | null;
  /** Samples side by side. */
  compared: readonly number[];
  /** Two keys; empty for none. */
  plot: readonly string[];
  thumbnailSize: number;
  /** Whether pictures fill their tiles instead of being shown whole. */
  fill: boolean;
  captions: readonly string[];
  /** Whether captions have their keys in front. */
  captionKeys: boolean;
  height: number;
  selected: SampleSet;
  /** The sample open in the detail view. */
  active: number | null;
}

/** The filters, for the controls that change them. */
export interface FiltersView {
  /**
   * Any condition, whoever can evaluate it; null is none. A drag or a held key is not `settled`: it
   * is drawn with its answer, and told to the kernel now and then.
   */
  filterBy(key: string, condition: Condition | null, settled?: boolean): void;
  toggleValue(key: string, value: Category, checked: boolean): void;
  /** Chooses a logarithmic or a linear scale. */
  setLog(key: string, log: boolean): void;
  /** Says that somebody holds a thumb of a key, or no longer: its axis stays as it is meanwhile. */
  hold(key: string, held: boolean): void;
  clearFilter(key: string): void;
  /** Shows all samples: those too that are not among the chosen rows. */
  clearFilters(): void;
}

/** What a cell of Python does: show what is on the screen, or record the decision that a selection or a cut is. */
export type CodeOf = "view" | "selection" | "cut";

/** The keys to filter by, and what the filters say. */
export interface KeysView {
  readonly all: KeyView[];
  /** One per filter in force; text such as "temperature 10 – 25"; the key is "" for an expression. */
  readonly chips: { key: string; text: string }[];
  /** How a key's values are written, wherever they are shown. */
  formatOf(key: string): KeyFormat;
  /** What is stale about a computed key, in a sentence or two; "" if nothing is. */
  staleOf(key: string): string;
  /** How many samples would show without the filter on a key. */
  countWithout(key: string): number;
  /** How many samples would show if all were chosen. */
  countWithoutRows(): number;
  /** A cell of Python; rejects with the reason where there is none. */
  code(of: CodeOf): Promise<string>;
  /** A key's filter came into view or left it: its column is fetched when it is first wanted. */
  want(key: string, wanted: boolean): void;
  /** A key's filter is about to be used. */
  prepare(key: string): void;
}

/** The samples that have one value of the key grouped by, or fall into one bin. */
export interface SectionView {
  /** Names it as long as the data and the grouping are the same. */
  code: number;
  /** The value as it is written; a bin has two, missing null. */
  text: string;
  value: Value | readonly [Edge, Edge];
  /** Grid position of its first tile. */
  start: number;
  /** Samples that pass every filter, and those of them that have a tile. */
  count: number;
  shown: number;
  collapsed: boolean;
}

/** The sections with samples that pass, in their order, all of one moment: another object with the next. */
export interface SectionsView {
  /** The key grouped by. */
  readonly key: string;
  readonly length: number;
  /** By section: grid position of its first tile, and how many it has. */
  readonly starts: Uint32Array;
  readonly shown: Uint32Array;
  at(index: number): SectionView;
  /** Which section has a grid position, and which a code; -1 for none. */
  indexAt(position: number): number;
  indexOf(code: number): number;
  /** Collapses a section, or expands it. */
  toggle(code: number): void;
  collapseAll(collapsed: boolean): void;
  /** All samples of a section that pass every filter, those too that have no tile. */
  idsOf(code: number): Promise<ArrayLike<number>>;
}

/** What becomes of tiles whose places wait while a cell runs and the data change. */
export interface HeldView {
  /** Whether they do. */
  readonly on: boolean;
  /** Samples that are to come, to go or to move. */
  readonly moved: number;
  /** Whether a sample that has a place passes the filters no longer. */
  isOut(sampleId: number): boolean;
  /** Has all tiles go where they belong by now. */
  sort(): void;
  /** Compares what shows with what passes; an effect that calls it runs again when that changes. */
  follow(): () => void;
}

/** The samples that show, in their order, and their tiles. */
export interface TilesView {
  readonly total: number;
  /** Grid positions: of samples that pass every filter, but for what sections do not show. */
  readonly count: number;
  /** The same with the tiles of collapsed sections, which the user has only put away. */
  readonly passing: number;
  /** What `count` is to be: of the samples that pass now, where places wait for that. */
  readonly due: number;
  /** Null where nothing ever waits. */
  readonly held: HeldView | null;
  /** Null where the grid is not grouped. */
  readonly sections: SectionsView | null;
  /** The keys by which the grid is in order, which those of the settings are about to be. */
  readonly order: readonly string[];
  /**
   * Grid position to sample id and back; -1 when filtered out. Of many samples only those on the
   * screen are known while a filter moves, others soon after.
   */
  idAt(index: number): number;
  indexOf(sampleId: number): number;
  /** Those samples at grid positions from `first` up to, not including, `last` that pass; there may be millions. */
  idsBetween(first: number, last: number): Promise<ArrayLike<number>>;
  /** The samples that are due, in their order; there may be millions. */
  dueIds(): Promise<ArrayLike<number>>;
  /** All samples there are, whether they show or not; there may be millions. */
  allIds(): ArrayLike<number>;
  /** Samples of which the first that passes keeps its place on the screen when filters change. */
  keepPlace(sampleIds: number[]): void;
  /** What is known of a tile now; reading it in a component subscribes to its changes. */
  tile(sampleId: number): TileState | undefined;
  /**
   * Tells what is on the screen, the most wanted first, and the edge of a tile in CSS px;
   * anything else stops loading.
   */
  showTiles(sampleIds: number[], edge: number): void;
}

/** Samples at a value of a key, and small pictures of samples that have no tile on the screen. */
export interface SamplesAt {
  /**
   * At most `count` samples nearest to a value among those that pass every filter but the key's
   * own, the nearest first; the value as the key's scale has it. Only what was asked last is sure
   * to come while a filter moves.
   */
  at(key: string, value: Edge, count: number): Promise<number[]>;
  /** Says of which samples pictures are wanted, at an edge in CSS px; others stop loading. */
  show(sampleIds: readonly number[], edge: number): void;
  /** What is known of a tile now; reading it in a component subscribes to its changes. */
  tile(sampleId: number): TileState | undefined;
}

/** What lies on both sides of the cut, nearest to it first; a sample at the cut itself is above. */
export interface CutView {
  /** Of the samples that show; null before anything is known. */
  readonly missing: number | null;
  readonly below: TilesView;
  readonly above: TilesView;
  /** Cuts a key at its median; ends when that is shown, or it is told why not. */
  open(key: string): Promise<void>;
  /** Cuts at a place of the key's scale. */
  moveTo(place: Edge): void;
  /** Moves the cut so that so many samples more are below it, or so many percent of them. */
  step(by: { samples: number } | { percent: number }): void;
  /** Brings the sides to what is asked for; an effect that calls it runs again when that changes. */
  follow(): void;
  /** Opens a sample in the detail view, from which closing leads back to the cut. */
  show(sampleId: number): void;
}

/** One sample, for the detail view. */
export interface SampleView {
  detail(sampleId: number): Promise<Detail>;
  /** The sample's picture with at most `px` pixels on its long edge; rejects with the reason when it cannot be read. */
  picture(sampleId: number, px: number): Promise<LargePicture>;
}

export interface NoticesView {
  readonly notices: Notice[];
  dismiss(notice: number): void;
}

/** Whether there is something to show, for the card around it all. */
export interface LifeView {
  /**
   * Silent: loading, and the kernel has not said a word for a while; failed: there is nothing to
   * show, and a notice says why.
   */
  readonly status: "loading" | "silent" | "ready" | "failed";
  /** Whether no kernel can ever answer in this page. */
  readonly kernelless: boolean;
  /** Names the contact sheet that stands in for the grid where there is no kernel. */
  readonly sheet: string;
  /** Whether what the grid asked the kernel for takes long. */
  readonly busy: boolean;
  readonly name: string;
  /** How many samples are going to be here, for room to be kept; undefined where nobody knows. */
  readonly expected: number | undefined;
  /** How many sizes of images the kernel has read, and of how many, while it reads them. */
  readonly sizes: [number, number] | null;
  /** Loads again after a failure. */
  retry(): void;
  /** Draws what a filter waits with for its answer: components that take an event see it all. */
  refresh(): void;
  /** Tells the kernel what it was not told yet, once what waits for its answer is drawn. */
  tell(): void;
  /** Tells it at once. */
  flush(): void;
}

/** A view for each part of the screen; a component takes those that it needs. */
export interface ExplorerView {
  readonly settings: Settings;
  readonly filters: FiltersView;
  readonly keys: KeysView;
  readonly tiles: TilesView;
  readonly samples: SampleView;
  readonly samplesAt: SamplesAt;
  readonly cut: CutView;
  readonly plot: PlotView;
  readonly differing: DifferingView;
  readonly notices: NoticesView;
  readonly life: LifeView;
}
