/** What the parts of the engine hand to each other: columns and commands in, results out. */

import type { Codes } from "./loops";

/** What there is to know of a column's ordinal codes; `src/framegrid/filters/codes` defines their meaning. */
export interface Coding {
  /** Codes run from 0 to `codeCount - 1`, which is missing. */
  codeCount: number;
  /** Bin by code; `binCount` for codes that belong to none. */
  bins: Uint8Array | Uint16Array;
  binCount: number;
}

export interface CodeColumn extends Coding {
  /** One code per row. */
  codes: Codes;
}

/** What an engine is told. */
export type Command =
  /** Adds or replaces a column, or removes it; either drops its filter. */
  | { do: "column"; key: string; column: CodeColumn | null }
  /** Gives a column other bins; its filter stays. */
  | { do: "bins"; key: string; coding: Coding }
  /** Lets the codes pass that are 1 in `passes`, the others being 0; null removes the filter. */
  | { do: "filter"; key: string; passes: Uint8Array | null }
  /** Sets the display order of all rows; null is that of the dataset. */
  | { do: "order"; order: Uint32Array | null }
  /** Says whose histograms are of interest. */
  | { do: "want"; keys: string[] }
  /** Says that this filter is about to move. */
  | { do: "prepare"; key: string }
  /** Says what rows a result must have: `span` around the first of `keep` that passes. */
  | { do: "look"; keep: number[]; span: number };

/** Counts of rows by bin. */
export interface ColumnHistogram {
  all: Uint32Array;
  /** Only rows that pass every filter but the column's own. */
  matching: Uint32Array;
  /** Rows with the missing code that pass every filter but the column's own. */
  missing: number;
}

/** The rows that pass, in display order, as far as they are here. */
export interface RowList {
  /** Place of the first of `rows`. */
  first: number;
  /** Null when these are all rows of the dataset in their order. */
  rows: Uint32Array | null;
  /** Whether the display order is that of the dataset. */
  ascending: boolean;
  /** Places of some rows, -1 for those that do not pass; grows with what is asked for. */
  places: Map<number, number>;
}

/** Count, histograms and rows, all of one moment so that they never disagree. */
export interface Result {
  /** How many of the commands that change the result it takes into account. */
  version: number;
  /** Rows that pass every filter. */
  count: number;
  /** For each filter, how many rows pass all others. */
  without: Map<string, number>;
  /** Of the columns that were asked for and are here. */
  histograms: Map<string, ColumnHistogram>;
  list: RowList;
}

/** What answers the filters, wherever it runs. */
export interface Engine {
  /** The latest; each is whole. */
  readonly result: Result;
  /** How many commands that change the result were sent: the version that the result is to have. */
  readonly sent: number;
  send(...commands: Command[]): void;
  /** Waits until the result takes all commands into account and has every row. */
  settled(): Promise<void>;
  close(): void;
}

export interface EngineEvents {
  /** There is another result. */
  changed: () => void;
  failed: (error: Error) => void;
}
