/** What is stale among the computed keys, asked of the kernel now and then: it may be costly there. */

import type { RequestChannel } from "../kernel/requests";

/** Between two questions; what happens in between is asked after it, once. */
const PAUSE_MS = 2000;

export class Stale {
  readonly #channel: Pick<RequestChannel, "request">;
  #said = $state.raw<ReadonlyMap<string, string>>(new Map());
  #isResting = false;
  #isWanted = false;

  constructor(channel: Pick<RequestChannel, "request">) {
    this.#channel = channel;
  }

  /** A sentence or two; "" if nothing is stale. */
  of(key: string): string {
    return this.#said.get(key) ?? "";
  }

  /** Says that it may be another by now. */
  look(): void {
    this.#isWanted = true;
    if (!this.#isResting) void this.#ask();
  }

  async #ask(): Promise<void> {
    [this.#isResting, this.#isWanted] = [true, false];
    try {
      const { ok } = await this.#channel.request("stale", {});
      this.#said = new Map(Object.entries(ok.keys));
    } catch {
      // A kernel that does not answer is told of elsewhere, and a mark is not missed.
    }
    setTimeout(() => {
      this.#isResting = false;
      if (this.#isWanted) void this.#ask();
    }, PAUSE_MS);
  }
}
