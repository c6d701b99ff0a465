/** Where samples stand: as the last result has it, or as they stood when their places began to wait. */

import type { Engine, Result } from "../engine/types";
import { countMoved } from "../engine/moved";
import { isComplete, placeOf, rowAt } from "../engine/results";
import type { SampleIds } from "../values/ids";
import type { Reading, Readings } from "./readings";

/** How long new data wait for a result that the user asked for, in ms. */
const PATIENCE_MS = 500;

interface Moment {
  result: Result;
  reading: Reading;
  revision: number;
}

export class Places {
  readonly #engine: Engine;
  readonly #ids: SampleIds;
  readonly #readings: Readings;
  readonly #revision: () => number;
  #held: Moment | null = null;
  /** The version of the result with which nothing waits any more. */
  #until = Infinity;

  constructor(engine: Engine, ids: SampleIds, readings: Readings, revision: () => number) {
    [this.#engine, this.#ids, this.#readings] = [engine, ids, readings];
    this.#revision = revision;
  }

  /** What tiles stood by when their places began to wait; null when they stand where they belong. */
  get held(): Moment | null {
    if (this.#engine.result.version >= this.#until) this.#held = null;
    if (!this.#held) this.#until = Infinity;
    return this.#held;
  }

  get result(): Result {
    return this.held?.result ?? this.#engine.result;
  }

  get reading(): Reading {
    return this.held?.reading ?? this.#readings.of(this.#engine.result);
  }

  /** Of the dataset, by which tiles stand. */
  get revision(): number {
    return this.held?.revision ?? this.#revision();
  }

  idAt(place: number): number {
    return this.#ids.at(rowAt(this.result, place));
  }

  /** Place in the grid, -1 when there is none or it is unknown. */
  indexOf(sampleId: number): number {
    const row = this.#ids.rowOf(sampleId);
    return row < 0 ? -1 : placeOf(this.result, row);
  }

  /**
   * Has places wait from now on, whatever becomes of the data; not where the user goes on all the
   * time, for then nothing stays where it is.
   */
  async hold(): Promise<void> {
    if (this.held && this.#until === Infinity) return;
    if (!this.#isSettled) await Promise.race([this.#engine.settled(), pause(PATIENCE_MS)]);
    if (!this.#isSettled) return this.letGo();
    const { result } = this.#engine;
    [this.#held, this.#until] = [null, Infinity];
    this.#held = { result, reading: this.reading, revision: this.#revision() };
  }

  /** Has nothing wait any more, once the engine has taken into account all that it was told. */
  letGo(): void {
    if (this.#held) this.#until = this.#engine.sent;
  }

  /** Has samples stand as they did among others, unless some of them are gone. */
  inherit(previous: Places): void {
    const { held } = previous;
    if (!held) return;
    const { shown } = held.result;
    const rows = new Uint32Array(shown);
    for (let place = 0; place < shown; place++) {
      const row = this.#ids.rowOf(previous.idAt(place));
      if (row < 0) return;
      rows[place] = row;
    }
    const list = { first: 0, rows, ascending: false, places: new Map() };
    this.#held = { ...held, result: { ...held.result, list } };
  }

  /** All samples that have a place, were there none that waits. */
  async dueIds(): Promise<Float64Array> {
    await this.#engine.settled();
    const { result } = this.#engine;
    const length = result.shown;
    return Float64Array.from({ length }, (_, place) => this.#ids.at(rowAt(result, place)));
  }

  /** How many samples are to come, go or move when nothing waits any more, portion by portion. */
  moved(): Generator<void, number> {
    return countMoved(this.result, this.#engine.result, this.#ids.count);
  }

  /** How many samples pass of each of the sections that are shown. */
  sectionCounts(): Uint32Array {
    const { held, result } = this;
    const now = this.#engine.result.sections;
    if (!result.sections || !now || !held) {
      return result.sections?.counts ?? new Uint32Array(0);
    }
    const counts = new Map(Array.from(now.codes, (code, i) => [code, now.counts[i]]));
    return result.sections.codes.map((code) => counts.get(this.sectionNow(code)) ?? 0);
  }

  /** The code that a section of those shown has by now; -1 where there is none of its value. */
  sectionNow(code: number): number {
    const [shown, now] = [this.reading.sections, this.#readings.of(this.#engine.result).sections];
    if (shown === now || !shown || !now) return code;
    return now.codesOf(new Set([shown.nameOf(code)]))[0] ?? -1;
  }

  get #isSettled(): boolean {
    return this.#engine.result.version >= this.#engine.sent && isComplete(this.#engine.result);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
