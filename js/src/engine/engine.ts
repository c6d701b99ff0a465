/** What answers the filters: on this thread, or for many rows in a worker. */

import type { Result, Command, Engine, EngineEvents, Query } from "./types";
import { everything } from "./results";
import { changesResult, Crossfilter } from "./crossfilter";
import { type Port, RemoteEngine } from "./remote";

/** Up to so many rows everything is done within a frame, on this thread. */
export const LOCAL_ROWS = 300_000;

/** Answers before `send` returns. */
export class LocalEngine implements Engine {
  result: Result;
  readonly #crossfilter: Crossfilter;
  readonly #changed: () => void;

  constructor(rowCount: number, changed: () => void) {
    this.result = everything(rowCount);
    this.#crossfilter = new Crossfilter(rowCount);
    this.#changed = changed;
  }

  send(...commands: Command[]): void {
    for (const command of commands) this.#crossfilter.apply(command);
    finish(this.#crossfilter.prepare());
    if (!commands.some(changesResult)) return;
    this.result = finish(this.#crossfilter.fullResult());
    this.#changed();
  }

  async ask(query: Query): Promise<Uint32Array> {
    const lacking = this.#crossfilter.lacks(query);
    if (lacking) this.send(lacking);
    return this.#crossfilter.answer(query);
  }

  get sent(): number {
    return this.result.version;
  }

  async settled(): Promise<void> {}

  close(): void {}
}

/** Opens the engine that fits; where there can be no worker, this thread does all. */
export async function openEngine(
  rowCount: number,
  { changed, failed }: EngineEvents,
  openPort: () => Port | Promise<Port>,
): Promise<Engine> {
  if (rowCount > LOCAL_ROWS) {
    try {
      return await RemoteEngine.open(await openPort(), rowCount, { changed, failed });
    } catch {
      // Some hosts forbid workers.
    }
  }
  return new LocalEngine(rowCount, changed);
}

function finish<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
