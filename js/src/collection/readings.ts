/** How the results of the engine are read: what they were asked for, each in its time. */

import type { LoadedSections } from "./sections";
import type { Result } from "../engine/types";

export interface Reading {
  /** The first version of the result that is so. */
  since: number;
  /** The keys by which it is in order. */
  order: readonly string[];
  sections: LoadedSections | null;
  /** Codes of the sections that are collapsed. */
  folded: readonly number[];
}

/** The engine may be behind: then what is shown is still read as it was asked for. */
export class Readings {
  #readings: Reading[] = [{ since: 0, order: [], sections: null, folded: [] }];

  /** Takes how results from some version on are read. */
  add(now: Result, reading: Reading): void {
    const current = this.of(now);
    this.#readings = this.#readings.filter(({ since }) => since >= current.since);
    this.#readings.push(reading);
  }

  of({ version }: Result): Reading {
    const known = this.#readings.filter(({ since }) => since <= version);
    return known[known.length - 1];
  }
}
