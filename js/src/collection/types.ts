/** What the parts of the collection hand to each other: descriptions, arrays, updates. */

import type { Arrangement } from "../engine/types";
import type { ArrayHeader, ArraySpec, Description } from "../protocol";
import type { Filters } from "../values/conditions";
import type { SampleSet } from "../values/sampleset";

export type RowArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

export interface PulledArray {
  header: ArrayHeader;
  data: RowArray;
}

/** An array that the engine works with. */
export type EngineArray = Exclude<ArraySpec, { of: "ids" }>;
/** An array that was asked for, and what came. */
export type Arrived = readonly [EngineArray, PulledArray];

/** A description whose keys may have any name. */
export interface Described extends Omit<Description, "versions"> {
  versions: ReadonlyMap<string, number>;
}

/** What the browser has, and the versions of the keys that it is made of. */
export interface Held {
  versions: ReadonlyMap<string, number>;
  arrays: EngineArray[];
}

export interface Update {
  description: Described;
  /** Those that are others now, of what was held. */
  arrays: Arrived[];
}

/** What is to be shown, and how. */
export interface Question {
  filters: Filters;
  /** The samples among which the filters choose; null is all. */
  rows: SampleSet | null;
  sort: readonly string[];
  /** "" is none. */
  group: string;
  groupOrder: Arrangement["by"];
  perGroup: number;
  /** Names of the sections that are collapsed; see `LoadedSections`. */
  collapsed: ReadonlySet<string>;
}
