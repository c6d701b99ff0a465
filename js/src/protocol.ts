/**
 * The messages between the browser and the kernel; twin of `src/framegrid/grid/protocol.py`.
 *
 * The browser asks, the kernel answers: every request carries an id and gets exactly one reply,
 * `ok` or `error`; a reply may be preceded by parts. What was lost on the way is asked again, under the
 * same id. One push comes unasked: `notice`.
 * Binary buffers stay below `MAX_MESSAGE_BYTES`; larger arrays are pulled piece by piece.
 */

export const PROTOCOL_VERSION = 1;

/** A bound as the slider's scale knows it: a number, for datetimes microseconds since 1970. */
export type Edge = number;
/** A value of a value list, or an element of lists; null stands for missing. */
export type Category = string | boolean | number | null;

/**
 * Of numbers and datetimes; without bounds and missing it asks for a value, of keys of every kind.
 * Inclusive; null is unbounded; datetime bounds are ISO 8601 strings, "inf" and "-inf" are bounds
 * that only infinite values meet. Integers that no double holds are strings, too.
 */
export interface RangeCondition {
  min: number | string | null;
  max: number | string | null;
  missing: boolean;
}
/** One of these values; for lists one of these elements. */
export interface InCondition {
  in: Category[];
}
export interface ContainsCondition {
  contains: string | number | boolean;
}
/** Stands under the empty key: an expression that the kernel evaluates. */
export interface QueryCondition {
  query: string;
}
/** The built-in `folder`: this folder and those in it. */
export interface UnderCondition {
  under: string;
}
export type Condition =
  UnderCondition | RangeCondition | InCondition | ContainsCondition | QueryCondition;
/** Condition by key, as they travel. */
export type WireFilters = Record<string, Condition>;

/** A key with its sign or "random:SEED", or a list of two and more; "" for the dataset's order. */
export type Sort = string | string[];
/** By value or by how many samples pass the filters; missing is last. */
export type GroupOrder = "value" | "-value" | "count" | "-count";
/** `at` is a bound as a `RangeCondition` of the key has it. */
export interface Cut {
  key: string;
  at: number | string;
}

/** The synced traits; Python declares the same names in `src/framegrid/grid/widget/traits.py`. */
export interface Traits {
  filters: WireFilters;
  /** The samples among which the filters choose, as `SampleSet` packs them; null for all. */
  rows: number[] | string | null;
  /** What sections are of: a key, or a key and a form, as in "taken:month"; "" for none. */
  group: string;
  group_order: GroupOrder;
  /** How many samples of each section show at most; 0 for all. */
  per_group: number;
  sort: Sort;
  /** Sample ids as `SampleSet` packs them. */
  selected: number[] | string;
  /** Of `active`, `cut` and `compared`, setting one clears the others. */
  active: number | null;
  cut: Cut | null;
  /** Sample ids, 2 to 6 or none. */
  compared: number[];
  /** Two keys, of integers maybe in the form "key:value"; or none. */
  plot: string[];
  thumbnail_size: number;
  fill: boolean;
  captions: string[];
  caption_keys: boolean;
  height: number;
  /** Whether places of tiles wait while a cell runs. */
  hold: boolean;
  /** Names the contact sheet that stands in for the grid where there is no kernel. */
  _sheet: string;
  /** How many samples there are, for room to be kept before they are asked for. */
  _total: number;
  /** Of the dataset as the kernel has it: a trait also arrives when the connection was gone meanwhile. */
  _revision: number;
  /** Whether a cell runs that was running when the dataset changed. */
  _running: boolean;
}

export type ColumnKind = "range" | "values" | "text" | "elements" | "other";
export type NumberKind = "float" | "integer" | "datetime";

export interface ColumnInfo {
  key: string;
  /** The public type name, such as "float"; numbers inside dicts are "float". */
  type: string;
  group: "dimensions" | "files" | "metadata";
  kind: ColumnKind;
  /**
   * Least and greatest finite value of a range key; null where there is none, and for the numbers
   * inside dicts, of which the column tells.
   */
  ends: [Value, Value] | null;
}

export interface Description {
  protocol: number;
  name: string;
  /** Raised by every change of the dataset; codes of different revisions never mix. */
  revision: number;
  rows: number;
  /** The id of the first row where ids are consecutive and so need not travel, else null. */
  first_id: number | null;
  columns: ColumnInfo[];
  /** How many sizes of images were read in the background, and of how many; null when none are. */
  sizes: [number, number] | null;
  /**
   * By key, the built-in columns included: where it is the same as before, so are the values, and
   * nothing made of them has to be asked for again. That of `sample_id` is for the rows: where it
   * is another, everything is.
   */
  versions: Record<string, number>;
}

/** The ordinal codes of a range key: see `src/framegrid/filters/codes` for their meaning. */
export interface RangeHeader {
  kind: "range";
  number: NumberKind;
  /** Datetimes with a time zone: their bounds are written with "+00:00". */
  utc: boolean;
  edges: Edge[];
  /** Those of the edges that are there because they were asked for. */
  extra: Edge[];
  /** Whether a logarithmic scale shows the values better. */
  log: boolean;
  /**
   * Below this magnitude a logarithmic scale is linear: 0 where all values are positive, null
   * where they are not skewed, so that a logarithmic scale makes no sense.
   */
  knee: number | null;
  missing: number;
  negative_infinite: number;
  positive_infinite: number;
}
export interface ValuesHeader {
  kind: "values";
  values: Exclude<Category, null>[];
  missing: number;
}
/** Free text or dicts: code 1 is missing, 0 is not. */
export interface TextHeader {
  kind: "text";
  missing: number;
}
/** Lists by the combination of their most frequent elements. */
export interface ElementsHeader {
  kind: "elements";
  values: Exclude<Category, null>[];
  /** By code: which of the values its lists hold. */
  combinations: number[][];
  missing: number;
  /** Different elements, those that are not among the values included. */
  distinct: number;
}
/** There is no such array, for a reason that concerns its key alone. */
export interface ErrorHeader {
  kind: "error";
  message: string;
}
/** A condition that the kernel evaluated: code 1 passes, 0 does not. */
export interface MaskHeader {
  kind: "mask";
}
/** Sample ids by row, or for an `order` the rows in sort order. */
export interface RowsHeader {
  kind: "rows";
}
/** Sections by row: the code indexes `values`; `values.length` is missing. */
export interface SectionsHeader {
  kind: "sections";
  /** Whether a section is a value, a bin of the histogram, or the datetimes of a day, month or year. */
  form: "value" | "bins" | "day" | "month" | "year";
  /**
   * Ascending. Of bins `[from, to]`: half-open, the last one closed; infinite values beside them are
   * "-inf" and "inf". Of days, months and years the datetime at which they begin.
   */
  values: (Value | [Edge, Edge])[];
  missing: number;
}
export type CodesHeader = RangeHeader | ValuesHeader | TextHeader | ElementsHeader;
export type ArrayHeader = CodesHeader | MaskHeader | RowsHeader | SectionsHeader | ErrorHeader;

/** Which array of one number per row is asked for. */
export type ArraySpec =
  | { of: "ids" }
  | { of: "order"; sort: Sort }
  | { of: "sections"; group: string }
  | { of: "codes"; key: string; extra: Edge[] }
  | { of: "mask"; key: string; condition: Condition };

/** One piece of one array; `buffer` indexes the message's buffers. The header comes with the first piece. */
export interface ArrayPiece {
  index: number;
  dtype: "uint8" | "uint16" | "uint32" | "float64";
  start: number;
  stop: number;
  header: ArrayHeader | null;
  buffer: number;
}

/** A metadata value as JSON: integers beyond 2**53 and infinities are strings, datetimes ISO 8601. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

export interface Tile {
  sample_id: number;
  name: string;
  captions: Value[];
  /** A value for each key sorted by, null when missing. */
  sorted: Value[];
}
export interface Picture {
  sample_id: number;
  /** Why there is no picture; null when there is one. */
  error: string | null;
  mime: string;
  width: number;
  height: number;
  buffer: number;
}

/** One side of a cut: how many samples are there, and those that were asked for. */
export interface CutSide {
  count: number;
  ids: number[];
}
/** What is equal to the cut is above it; `at` is null where no sample has a value. */
export interface CutReply {
  at: number | string | null;
  missing: number;
  below: CutSide;
  above: CutSide;
}

/** Each request with its parts (`part`) and its reply (`ok`). */
/** How some samples differ from the others in a key. */
export interface KeyDifference {
  key: string;
  kind: "range" | "values" | "missing";
  /** The distance of the distributions of a range, from 0 to 1; else log-odds, below 0 for fewer. */
  effect: number;
  /** Of which there are more or fewer, if the kind is values. */
  value: Category;
  /** Whether numbers are higher, or more have the value, or none. */
  more: boolean;
  /** How many of the samples have a value, or that value, or lack one. */
  support: number;
  /** Whether it is more than chance. */
  different: boolean;
}

/** How many samples are on either side, and the keys, the surest first; none if a side is empty. */
export interface DifferencesReply {
  inside: number;
  outside: number;
  keys: KeyDifference[];
}

/** What a value was before, null for nothing, when that changed (ISO 8601), and by which kind of edit. */
export interface LastChange {
  old: Value;
  when: string;
  what: string;
}

export interface Requests {
  /**
   * Sent first, again on every render and whenever the trait `_revision` changes. With it goes what
   * the browser has: of its `arrays` whole ones come along, those that are others now.
   */
  ready: {
    body: { versions?: Description["versions"]; arrays?: ArraySpec[] };
    part: never;
    ok: Description & { pieces: ArrayPiece[] };
  };
  /** As many pieces as fit one message, from row `start` of `arrays[0]` on; the rest is asked for again. */
  arrays: {
    body: { revision: number; arrays: ArraySpec[]; start: number };
    part: never;
    ok: { stale: boolean; pieces: ArrayPiece[] };
  };
  /**
   * Names and captions at once, none of them where the kernel no longer has the revision;
   * thumbnails as they are made, none where `size` is 0.
   */
  tiles: {
    body: {
      sample_ids: number[];
      size: number;
      captions: string[];
      sort: Sort;
      /** Of which the names and values are; without one, of the latest. */
      revision?: number;
    };
    part: { tiles: Tile[]; pictures: Picture[] };
    ok: object;
  };
  cancel: { body: { target: string }; part: never; ok: object };
  sample: {
    body: { sample_id: number };
    part: never;
    ok: {
      fields: [string, Value][];
      metadata: [string, string, Value][];
      /** By key, as far as undo reaches; a saved page has none. */
      changes?: Record<string, LastChange>;
    };
  };
  /** By key that is to be computed again what is to be said of it; a saved page says nothing. */
  stale: { body: object; part: never; ok: { keys: Record<string, string> } };
  /**
   * A Python cell for what is on the screen, or for the decision that the selection or the cut is.
   * The fields are the traits as they are here. The error of a reply says why there is no such cell.
   */
  code: {
    body: {
      of: "view" | "selection" | "cut";
      filters: WireFilters;
      rows: Traits["rows"];
      sort: Sort;
      group: string;
      group_order: GroupOrder;
      per_group: number;
      selected: Traits["selected"];
      cut: Cut | null;
      plot: string[];
    };
    part: never;
    ok: { code: string };
  };
  /** In which keys the samples that pass, or those selected if any are, differ from the others. */
  differences: {
    body: { filters: WireFilters; rows: Traits["rows"]; selected: Traits["selected"] };
    part: never;
    ok: DifferencesReply;
  };
  picture: { body: { sample_id: number; size: number }; part: never; ok: { picture: Picture } };
  /**
   * The samples on both sides of a cut through a key's values, nearest to it first: of each side
   * the ids at positions from the first up to, not including, the last. The cut is `at` a bound of
   * filters, null below everything, moved so that so many `samples`, or `percent` of all that have
   * a value, more are below it. Of what passes the filters and is among the rows, which are packed
   * as the trait is; null is all.
   */
  cut: {
    body: {
      key: string;
      at: number | string | null;
      filters: WireFilters;
      below: [number, number];
      above: [number, number];
      samples?: number;
      percent?: number;
      rows?: number[] | string | null;
    };
    part: never;
    ok: CutReply;
  };
}
export type RequestName = keyof Requests;

export type Request = {
  [Name in RequestName]: { id: string; type: Name } & Requests[Name]["body"];
}[RequestName];

/** Answers request `reply`; not called `id`, which ipykernel reads and keeps for ever. */
export type Reply =
  | { reply: string; part: object }
  | { reply: string; ok: object }
  | { reply: string; error: string };

/** Sent unasked; `problem` where something went wrong. */
export type Push = { push: "notice"; message: string; problem: boolean };
