/** What the parts of the engine hand to each other: columns and commands in, results out. */

import type { Codes, SectionCodes } from "./loops";

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

/** The section of each row; the last one is that of missing. */
export interface Sections {
  codes: SectionCodes;
  codeCount: number;
}

/** Sections of which each holds rows with some of the codes of a column. */
export interface SectionsOf {
  column: string;
  /** The section's code by the column's. */
  sectionOf: Uint16Array;
  codeCount: number;
}

/** How sections follow each other, and what of them shows. */
export interface Arrangement {
  /** By code, or by how many rows pass, where ties go by code; missing is last in any case. */
  by: "value" | "-value" | "count" | "-count";
  /** How many rows of a section have a place at most; 0 for all. */
  atMost: number;
  /** Codes of the sections whose rows have no place. */
  folded: readonly number[];
}

/** One side of a plane: each code of a column is in one of its bins. */
export interface PlaneSide {
  key: string;
  /** By code. */
  bins: Uint16Array;
  binCount: number;
}

/** Two columns against each other; a cell is a bin of x and one of y, at most 65,536 in all. */
export interface Plane {
  /** Tells its counts from those of others. */
  id: number;
  x: PlaneSide;
  y: PlaneSide;
  /** Columns whose filters shut nothing out of it: the two, and masks of them. */
  aside: readonly string[];
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
  /** Shows the rows section by section, each in the display order; null for as one. */
  | { do: "sections"; sections: Sections | SectionsOf | null }
  | { do: "arrange"; arrangement: Arrangement }
  /** Counts two columns against each other; without one of them, or with others, there is none. */
  | { do: "plane"; plane: Plane | null }
  /** Says whose histograms are of interest. */
  | { do: "want"; keys: string[] }
  /** Says that this filter is about to move. */
  | { do: "prepare"; key: string }
  /** Says what rows a result must have: `span` around the first of `keep` that passes. */
  | { do: "look"; keep: number[]; span: number };

/** What an engine is asked beside that; the answer are rows. */
export type Query =
  /**
   * At most `count` rows that pass every filter but those of these columns, by the codes of the
   * first: all of the first of `codes` before the next, each from the first row on.
   */
  | { ask: "near"; keys: string[]; codes: Uint16Array; count: number }
  /**
   * At most `count` rows of each of these cells of the plane, the first ones: so many places for
   * each cell, `NO_ROW` where it has no more; none where the plane is another one.
   */
  | { ask: "cells"; plane: number; cells: Uint16Array; count: number }
  /** All rows of a section that pass every filter, in order. */
  | { ask: "section"; code: number }
  /** Those of some rows that pass every filter. */
  | { ask: "among"; rows: Uint32Array };

/** Counts of rows by bin. */
export interface ColumnHistogram {
  all: Uint32Array;
  /** Only rows that pass every filter but the column's own. */
  matching: Uint32Array;
  /** Rows with the missing code that pass every filter but the column's own. */
  missing: number;
}

/** Counts of rows by cell. */
export interface PlaneCounts {
  id: number;
  /** Rows that pass every filter but those aside; the cells of one bin of x follow each other. */
  counts: Uint32Array;
}

/** Sections with rows that pass, as they follow each other. */
export interface SectionList {
  codes: Uint32Array;
  /** Rows that pass every filter, and those of them that have a place. */
  counts: Uint32Array;
  shown: Uint32Array;
  /** Place of the first row; where nothing is shown it is that of the next section. */
  starts: Uint32Array;
  /** How many rows would have a place if no section were folded. */
  unfolded: number;
}

/** The rows that have a place, in display order, as far as they are here. */
export interface RowList {
  /** Place of the first of `rows`. */
  first: number;
  /** Null when these are all rows of the dataset in their order. */
  rows: Uint32Array | null;
  /** Whether the display order is that of the dataset. */
  ascending: boolean;
  /** Places of some rows, -1 for those that have none; grows with what is asked for. */
  places: Map<number, number>;
}

/** Count, histograms and rows, all of one moment so that they never disagree. */
export interface Result {
  /** How many of the commands that change the result it takes into account. */
  version: number;
  /** Rows that pass every filter. */
  count: number;
  /** Those that have a place: of sections not all may be shown. */
  shown: number;
  sections: SectionList | null;
  /** For each filter, how many rows pass all others. */
  without: Map<string, number>;
  /** Of the columns that were asked for and are here. */
  histograms: Map<string, ColumnHistogram>;
  plane: PlaneCounts | null;
  list: RowList;
}

/** What answers the filters, wherever it runs. */
export interface Engine {
  /** The latest; each is whole. */
  readonly result: Result;
  /** How many commands that change the result were sent: the version that the result is to have. */
  readonly sent: number;
  send(...commands: Command[]): void;
  /** Answers as of the commands sent so far, or of newer ones. */
  ask(query: Query): Promise<Uint32Array>;
  /** Waits until the result takes all commands into account and has every row. */
  settled(): Promise<void>;
  close(): void;
}

export interface EngineEvents {
  /** There is another result. */
  changed: () => void;
  failed: (error: Error) => void;
}
