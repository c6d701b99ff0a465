/** What the parts of the collection hand to each other: descriptions, arrays, updates. */

import type { ArrayHeader, ArraySpec, Description } from "../protocol";

export type RowArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

export interface PulledArray {
  header: ArrayHeader;
  data: RowArray;
}

/** An array that the engine works with. */
export type EngineArray = Exclude<ArraySpec, { of: "ids" | "sections" }>;
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
