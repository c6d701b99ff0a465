/** Counts as shades on a canvas. */

import type { DensityView } from "../view/plot";
import type { Ruler } from "./ruler";

/** So many shades are told apart. */
const SHADES = 32;
/** The faintest: one sample is to be seen. */
const FAINTEST = 0.16;

/** Of the cells, and of what is beside them. */
export interface Inks {
  cells: string;
  beside: string;
}

/** The greatest count of a cell with a value on both axes. */
export function fullest({ x, y, counts }: DensityView): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const begin = i * y.binCount;
    for (let j = begin; j < begin + y.length; j++) if (counts[j] > most) most = counts[j];
  }
  return most;
}

/** Draws in device px, `ratio` of which are a px; `most` is what the fullest cell holds. */
export function draw(
  canvas: HTMLCanvasElement,
  density: DensityView,
  [across, up]: readonly [Ruler, Ruler],
  most: number,
  inks: Inks,
  ratio: number,
): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const { x, y, counts } = density;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const columns = spans(across, x.binCount, ratio);
  const rows = spans(up, y.binCount, ratio);
  const byShade = Array.from({ length: SHADES }, (): number[] => []);
  counts.forEach((count, cell) => {
    if (!count) return;
    if (columns[Math.floor(cell / y.binCount)] && rows[cell % y.binCount]) {
      byShade[shadeOf(count, most)].push(cell);
    }
  });
  byShade.forEach((cells, shade) => {
    pen.globalAlpha = FAINTEST + ((1 - FAINTEST) * shade) / (SHADES - 1);
    for (const cell of cells) {
      const [i, j] = [Math.floor(cell / y.binCount), cell % y.binCount];
      const [[left, right], [bottom, top]] = [columns[i]!, rows[j]!];
      pen.fillStyle = i < x.length && j < y.length ? inks.cells : inks.beside;
      pen.fillRect(left, canvas.height - top, right - left, top - bottom);
    }
  });
}

/** Few stay visible beside many. */
function shadeOf(count: number, most: number): number {
  const share = most > 1 ? Math.log(count) / Math.log(most) : 1;
  return Math.round(Math.min(1, Math.max(0, share)) * (SHADES - 1));
}

/** On whole device px, for there to be no seams; at least one wide. */
function spans(ruler: Ruler, bins: number, ratio: number): ([number, number] | null)[] {
  return Array.from({ length: bins }, (_, bin) => {
    const span = ruler.span(bin);
    if (!span) return null;
    const [from, to] = span.map((px) => Math.round(px * ratio));
    return [from, Math.max(to, from + 1)];
  });
}
