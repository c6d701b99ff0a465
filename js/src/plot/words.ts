/** What a plot says of its cells, its rectangle and its samples. */

import { formatCount, formatImages } from "../values/format";
import type { KeyFormat } from "../values/keyformat";
import type { PlotAxis } from "../values/plotaxis";
import type { DensityView } from "../view/plot";

/** A key with its axis and how its values are written. */
export interface Named {
  key: string;
  axis: PlotAxis;
  format: KeyFormat;
}

/** What is in a bin, such as "loss 0.2 – 0.3". */
export function binText({ key, axis, format }: Named, bin: number): string {
  if (bin === axis.missing) return `no ${key}`;
  if (bin === axis.negative || bin === axis.positive) {
    return `${key} ${format.place(bin === axis.positive ? Infinity : -Infinity)}`;
  }
  const [from, to] = axis.ends(bin);
  return `${key} ${rangeText(format, from, to)}`;
}

export function rangeText(format: KeyFormat, from: number, to: number): string {
  const [low, high] = [format.place(from), format.place(to)];
  return low === high ? low : `${low} – ${high}`;
}

/** Who is counted: "9,830 images, 12 without loss, 3 infinite". */
export function summary({ x, y, counts }: DensityView, [across, up]: readonly Named[]): string {
  const [columns, rows] = [new Array<number>(x.binCount).fill(0), new Array<number>(y.binCount)];
  rows.fill(0);
  counts.forEach((count, cell) => {
    columns[Math.floor(cell / y.binCount)] += count;
    rows[cell % y.binCount] += count;
  });
  const total = columns.reduce((sum, count) => sum + count, 0);
  const parts = [formatImages(total)];
  const beside = [
    { key: across.key, missing: columns[x.missing], infinite: infinities(columns, x) },
    { key: up.key, missing: rows[y.missing], infinite: infinities(rows, y) },
  ];
  for (const { key, missing } of beside) {
    if (missing) parts.push(`${formatCount(missing)} without ${key}`);
  }
  for (const { key, infinite } of beside) {
    if (infinite) parts.push(`${formatCount(infinite)} with infinite ${key}`);
  }
  return parts.join(", ");
}

function infinities(counts: number[], { negative, positive }: PlotAxis): number {
  return counts[negative] + counts[positive];
}
