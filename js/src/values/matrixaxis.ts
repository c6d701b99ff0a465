/** A side of a matrix: the values of a key, or the bins of its histogram, each with a line of its own. */

import type { Category, Condition, Edge } from "../protocol";
import { binCondition } from "./binfilter";
import type { RangeScale } from "./scale";

/** More lines than these are gathered in the last one. */
export const MOST_LINES = 200;

/** A line of a matrix. */
export interface MatrixLine {
  kind: "value" | "bin" | "other" | "missing";
  /** One, the two ends of a bin, or those that are gathered. */
  values: readonly (Category | Edge)[];
  /** What its samples meet; null is all. */
  condition: Condition | null;
}

export class MatrixAxis {
  readonly lines: readonly MatrixLine[];
  /** The line of each code; `lines.length` for what is in none, such as infinite numbers. */
  readonly bins: Uint16Array;
  readonly binCount: number;

  private constructor(lines: MatrixLine[], bins: Uint16Array) {
    [this.lines, this.bins, this.binCount] = [lines, bins, lines.length + 1];
  }

  /** @param values by code, the most frequent first; missing comes last, as null, if samples lack the key */
  static ofValues(values: readonly Category[]): MatrixAxis {
    const isMissing = values[values.length - 1] === null;
    const present = isMissing ? values.slice(0, -1) : values;
    const lines = gathered(present, (some) => ({ in: [...some] as Category[] }));
    const bins = new Uint16Array(present.length + 1).fill(lines.length);
    present.forEach((_, code) => (bins[code] = lineOf(code, present.length)));
    return MatrixAxis.#with(lines, bins, isMissing);
  }

  /** Each integer for itself, ascending; a histogram's bins where the key is shown by these. */
  static ofRange(scale: RangeScale, byValue: boolean, isMissing: boolean): MatrixAxis {
    const bins = new Uint16Array(scale.codeCount);
    if (byValue) {
      const lines = gathered(scale.edges, (some) => {
        return { min: some[0] as Edge, max: some[some.length - 1] as Edge, missing: false };
      });
      bins.fill(lines.length);
      scale.edges.forEach((_, i) => (bins[2 * i + 1] = lineOf(i, scale.edges.length)));
      return MatrixAxis.#with(lines, bins, isMissing);
    }
    const lines = Array.from({ length: scale.binCount }, (_, bin): MatrixLine => {
      const values = [scale.binEdges[bin], scale.binEdges[bin + 1]];
      return { kind: "bin", values, condition: binCondition(scale, bin, null) };
    });
    bins.forEach((_, code) => (bins[code] = scale.bins[code]));
    return MatrixAxis.#with(lines, bins, isMissing);
  }

  /** With a line for missing values, whose code is the last one. */
  static #with(lines: MatrixLine[], bins: Uint16Array, isMissing: boolean): MatrixAxis {
    if (!isMissing) return new MatrixAxis(lines, bins);
    const all: MatrixLine[] = [
      ...lines,
      { kind: "missing", values: [null], condition: { in: [null] } },
    ];
    const moved = bins.map((line) => (line === lines.length ? all.length : line));
    moved[moved.length - 1] = lines.length;
    return new MatrixAxis(all, moved);
  }
}

/** Lines in the order to be shown in, of x and y: as they come, or such that equal values face each other. */
export function matrixOrders(
  x: MatrixAxis,
  y: MatrixAxis,
  byAgreement: boolean,
): [x: number[], y: number[]] {
  if (!byAgreement) return [[...x.lines.keys()], [...y.lines.keys()]];
  const common = shared(x, y);
  const facing = (side: 0 | 1): number[] => common.map((pair) => pair[side]);
  const others = (axis: MatrixAxis, taken: number[]): number[] =>
    [...axis.lines.keys()].filter((line) => !taken.includes(line));
  const [across, up] = [facing(0), facing(1)];
  return [
    [...across, ...others(x, across)],
    [...up, ...others(y, up)],
  ];
}

/** The pairs of lines that are of the same value, in the order of x. */
export function shared(x: MatrixAxis, y: MatrixAxis): [x: number, y: number][] {
  const places = new Map(
    y.lines.flatMap((line, i) => (line.kind === "value" ? [[name(line), i]] : [])),
  );
  return x.lines.flatMap((line, i): [number, number][] => {
    const other = line.kind === "value" ? places.get(name(line)) : undefined;
    return other === undefined ? [] : [[i, other]];
  });
}

const name = ({ values }: MatrixLine): string => String(values[0]);

function gathered(
  values: readonly (Category | Edge)[],
  condition: (some: readonly (Category | Edge)[]) => Condition,
): MatrixLine[] {
  const own = values.length > MOST_LINES ? MOST_LINES - 1 : values.length;
  const lines = values.slice(0, own).map((value): MatrixLine => {
    return { kind: "value", values: [value], condition: condition([value]) };
  });
  const rest = values.slice(own);
  return rest.length
    ? [...lines, { kind: "other", values: rest, condition: condition(rest) }]
    : lines;
}

function lineOf(place: number, count: number): number {
  return count > MOST_LINES ? Math.min(place, MOST_LINES - 1) : place;
}
