/** What a matrix says, and how dark its cells are. */

import type { Category, Edge } from "../protocol";
import type { KeyFormat } from "../values/keyformat";
import type { MatrixAxis, MatrixLine } from "../values/matrixaxis";
import { formatCount, formatImages } from "../values/format";

/** A line in a few characters. */
export function lineText({ kind, values }: MatrixLine, format: KeyFormat): string {
  if (kind === "missing") return "(missing)";
  if (kind === "other") return `other (${formatCount(values.length)} values)`;
  const written = (value: Category | Edge): string =>
    typeof value === "number" ? format.place(value) : format.category(value);
  return [...new Set(values.map(written))].join(" – ");
}

/** A cell for who cannot see it, such as "label cat, prediction dog: 31 images". */
export function cellName(
  parts: readonly (readonly [key: string, text: string])[],
  count: number,
): string {
  return `${parts.map((part) => part.join(" ")).join(", ")}: ${formatImages(count)}`;
}

/** How much of the accent a cell has, in percent: little counts are seen, too. */
export function shade(count: number, most: number): number {
  return count ? 6 + 40 * Math.sqrt(Math.min(1, count / most)) : 0;
}

/** A count in few characters: "31", "1.2k", "12k", "3.4M". */
export function short(count: number): string {
  const [unit, sign] = count < 1e6 ? [1e3, "k"] : [1e6, "M"];
  if (count < 1000) return String(count);
  const value = count / unit;
  return `${value < 9.95 ? value.toFixed(1) : Math.floor(value)}${sign}`;
}

/** The count of a cell; lines of x follow each other. */
export function countAt(y: MatrixAxis, counts: Uint32Array, i: number, j: number): number {
  return counts[i * y.binCount + j];
}

/** Where a key leads to among so many rows and columns; null for keys that lead nowhere. */
export function step(
  key: string,
  [row, column]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): [row: number, column: number] | null {
  const clamp = (place: number, count: number): number => Math.max(0, Math.min(count - 1, place));
  const moves: Record<string, [number, number]> = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, columns - 1],
    PageUp: [row - 10, column],
    PageDown: [row + 10, column],
  };
  const to = moves[key];
  return to ? [clamp(to[0], rows), clamp(to[1], columns)] : null;
}

/** The places of lines that are on the screen or next to it, of so many, and of one more. */
export function inSight(
  [from, room]: readonly [number, number],
  edge: number,
  count: number,
  own: number,
): number[] {
  const first = Math.max(0, Math.floor(from / edge) - 1);
  const last = Math.min(count, Math.ceil((from + room) / edge) + 1);
  const places = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  return places.includes(own) ? places : [...places, own].sort((a, b) => a - b);
}
