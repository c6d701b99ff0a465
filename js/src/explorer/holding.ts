/** Whether places of tiles wait for the data: while a cell runs that changes them, if that is wished. */

import type { TraitSync } from "../kernel/traits";

export class Holding {
  readonly #sync: TraitSync;

  /** @param ended is called when nothing has to wait any more */
  constructor(sync: TraitSync, ended: () => void) {
    this.#sync = sync;
    for (const name of ["hold", "_running"] as const) {
      sync.observe(name, () => {
        // Traits that come together are set one by one.
        queueMicrotask(() => this.on || ended());
      });
    }
  }

  get on(): boolean {
    return this.#sync.get("hold") && this.#sync.get("_running");
  }
}
