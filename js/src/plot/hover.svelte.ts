/** A cell that somebody points to, and pictures of samples in it. */

import type { PlotView } from "../view/plot";

/** As many as there is room for, and their edge in px. */
const MOST = 4;
export const EDGE = 64;
/** A mouse that only passes by is not meant. */
const DWELL_MS = 80;

export class Hover {
  readonly #plot: Pick<PlotView, "samplesIn" | "show">;
  #cell = $state.raw<number | null>(null);
  #ids = $state.raw<readonly number[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(plot: Pick<PlotView, "samplesIn" | "show">) {
    this.#plot = plot;
  }

  get cell(): number | null {
    return this.#cell;
  }

  get ids(): readonly number[] {
    return this.#ids;
  }

  /** Says which cell is pointed to; null is none. An empty one has no pictures. */
  point(cell: number | null, isEmpty = false): void {
    if (cell === this.#cell) return;
    this.#cell = cell;
    clearTimeout(this.#timer);
    this.#set([]);
    if (cell !== null && !isEmpty) this.#timer = setTimeout(() => this.#ask(cell), DWELL_MS);
  }

  async #ask(cell: number): Promise<void> {
    const [ids] = await this.#plot.samplesIn([cell], MOST).catch(() => []);
    if (this.#cell === cell) this.#set(ids ?? []);
  }

  #set(ids: readonly number[]): void {
    if (!ids.length && !this.#ids.length) return;
    this.#ids = ids;
    this.#plot.show(this, ids, EDGE);
  }
}
