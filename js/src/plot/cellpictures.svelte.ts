/** A picture for each cell, once cells are as large as that. */

import type { DensityView, PlotView } from "../view/plot";
import type { Ruler } from "./ruler";

/** The least and the largest edge of a picture in px, and how many there are at most. */
const [LEAST, LARGEST] = [28, 112];
const MOST = 200;
/** What changes more often, as while a slider is dragged, is not asked for each time. */
const PAUSE_MS = 120;

/** A cell that has room for a picture, in px from the lower left. */
export interface Frame {
  cell: number;
  left: number;
  bottom: number;
  edge: number;
  count: number;
}

/** Cells with samples, where all of them have room for a picture; else none. */
export function frames({ x, y, counts }: DensityView, [across, up]: readonly Ruler[]): Frame[] {
  const found: Frame[] = [];
  const rows = Array.from({ length: y.length }, (_, j) => up.span(j));
  for (let i = 0; i < x.length; i++) {
    const column = across.span(i);
    for (let j = 0; column && j < y.length; j++) {
      const [row, cell] = [rows[j], i * y.binCount + j];
      if (!row || !counts[cell]) continue;
      const [width, height] = [column[1] - column[0], row[1] - row[0]];
      const edge = Math.min(LARGEST, Math.floor(Math.min(width, height)) - 2);
      // What is cut off at the side of the plane has no room, but does not count.
      const isCut = across.px(x.places[i]) < column[0] || across.px(x.places[i + 1]) > column[1];
      const isShort = up.px(y.places[j]) < row[0] || up.px(y.places[j + 1]) > row[1];
      if (edge < LEAST && (isCut || isShort)) continue;
      if (edge < LEAST || found.length === MOST) return [];
      const [left, bottom] = [column[0] + (width - edge) / 2, row[0] + (height - edge) / 2];
      found.push({ cell, left, bottom, edge, count: counts[cell] });
    }
  }
  return found;
}

export class CellPictures {
  readonly #plot: Pick<PlotView, "samplesIn" | "show">;
  #ids = $state.raw<ReadonlyMap<number, number>>(new Map());
  #wanted: readonly Frame[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(plot: Pick<PlotView, "samplesIn" | "show">) {
    this.#plot = plot;
  }

  /** The sample whose picture stands for a cell. */
  idOf(cell: number): number | undefined {
    return this.#ids.get(cell);
  }

  /** Says which cells have room; of others, nothing is known any more. */
  want(frames: readonly Frame[], isSamePlane: boolean): void {
    this.#wanted = frames;
    if (!isSamePlane && this.#ids.size) this.#ids = new Map();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (frames.length) this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
    else this.#plot.show(this, [], LEAST);
  }

  close(): void {
    this.want([], false);
  }

  async #ask(): Promise<void> {
    const wanted = this.#wanted;
    const cells = wanted.map(({ cell }) => cell);
    const found = await this.#plot.samplesIn(cells, 1).catch(() => []);
    if (this.#wanted !== wanted) return;
    const ids = found.flatMap(([id], i): [number, number][] =>
      id === undefined ? [] : [[cells[i], id]],
    );
    this.#ids = new Map(ids);
    this.#plot.show(this, [...this.#ids.values()], Math.max(...wanted.map(({ edge }) => edge)));
  }
}
