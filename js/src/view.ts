/** What the components see of an explorer: values and callbacks, no model, no kernel. */

import type { Category, ColumnKind, Condition, Value } from "./protocol";
import type { SampleSet } from "./sampleset";
import type { RangeScale } from "./scale";

export interface Histogram {
  /** Counts per bin of all samples. */
  all: Uint32Array;
  /** Counts per bin of the samples that pass every other filter. */
  matching: Uint32Array;
}

export interface RangeView {
  scale: RangeScale;
  /** Indices into `scale.edges`. */
  low: number;
  high: number;
  includeMissing: boolean;
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
  group: "dimensions" | "metadata";
  kind: ColumnKind;
  /** The filter in force on this key. */
  condition: Condition | null;
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

/** What is known of a tile; null where it has not arrived. */
export interface TileState {
  name: string | null;
  captions: Value[];
  sorted: Value;
  url: string | null;
  /** Why there is no picture. */
  error: string | null;
}

export interface Detail {
  /** Built-in fields: name, value. */
  fields: [string, Value][];
  /** Metadata: key, type, value. */
  metadata: [string, string, Value][];
}

export interface LargePicture {
  url: string;
  width: number;
  height: number;
}

export interface Notice {
  id: number;
  message: string;
}

/** What the user sets beside the filters. */
export interface Settings {
  /** "", "temperature" or "-temperature". */
  sort: string;
  thumbnailSize: number;
  /** Whether pictures fill their tiles instead of being shown whole. */
  fill: boolean;
  captions: readonly string[];
  height: number;
  selected: SampleSet;
  /** The sample open in the detail view. */
  active: number | null;
  /** Keys that the user does not want to see among the filters. */
  get hidden(): ReadonlySet<string>;
  set hidden(keys: Iterable<string>);
}

export interface ExplorerView {
  readonly settings: Settings;
  /**
   * Silent: loading, and the kernel has not said a word for a while; failed: there is nothing to
   * show, and a notice says why.
   */
  readonly status: "loading" | "silent" | "ready" | "failed";
  /** Names the contact sheet that stands in for the grid where there is no kernel. */
  readonly sheet: string;
  /** Whether what the grid asked the kernel for takes long. */
  readonly busy: boolean;
  readonly notices: Notice[];
  readonly name: string;
  /** All samples, and those that pass every filter. */
  readonly total: number;
  readonly count: number;
  readonly keys: KeyView[];
  /** One per filter in force; text such as "temperature 10 – 25"; the key is "" for an expression. */
  readonly chips: { key: string; text: string }[];

  dismiss(notice: number): void;
  /** Loads again after a failure. */
  retry(): void;
  /** Called on every pointer move; `settled` on release and key press. */
  setRange(key: string, low: number, high: number, settled: boolean): void;
  setIncludeMissing(key: string, include: boolean): void;
  /** Any condition, whoever can evaluate it; null is none. */
  filterBy(key: string, condition: Condition | null): void;
  toggleValue(key: string, value: Category, checked: boolean): void;
  /** Chooses a logarithmic or a linear scale. */
  setLog(key: string, log: boolean): void;
  clearFilter(key: string): void;
  clearFilters(): void;
  /** How many samples would show without the filter on a key. */
  countWithout(key: string): number;
  /** The filters as an expression for `DataFrame.query`. */
  query(): Promise<string>;

  /** Draws what a filter waits with for its answer: components that take an event see it all. */
  refresh(): void;
  /** A key's filter came into view or left it: its column is fetched when it is first wanted. */
  want(key: string, wanted: boolean): void;
  /** A key's filter is about to be used. */
  prepare(key: string): void;

  /** The type of a key's values, "" when it is unknown. */
  typeOf(key: string): string;
  /**
   * Grid position to sample id and back; -1 when filtered out. Of many samples only those on the
   * screen are known while a filter moves, others soon after.
   */
  idAt(index: number): number;
  indexOf(sampleId: number): number;
  /** The samples at grid positions from `first` up to, not including, `last`; there may be millions. */
  idsBetween(first: number, last: number): Promise<ArrayLike<number>>;
  /** Samples of which the first that passes keeps its place on the screen when filters change. */
  keepPlace(sampleIds: number[]): void;
  /** What is known of a tile now; reading it in a component subscribes to its changes. */
  tile(sampleId: number): TileState | undefined;
  /**
   * Tells what is on the screen, the most wanted first, and the edge of a tile in CSS px;
   * anything else stops loading.
   */
  showTiles(sampleIds: number[], edge: number): void;
  detail(sampleId: number): Promise<Detail>;
  /** The sample's picture with at most `px` pixels on its long edge; rejects with the reason when it cannot be read. */
  picture(sampleId: number, px: number): Promise<LargePicture>;
}
