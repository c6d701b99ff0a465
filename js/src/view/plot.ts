/** What the components see of a plot: two keys against each other. */

import type { Condition } from "../protocol";
import type { MatrixAxis, MatrixLine } from "../values/matrixaxis";
import type { PlotSide } from "../values/plot";
import type { PlotAxis, Stretch } from "../values/plotaxis";
import type { TileState } from "./tile";

/** Where the panel is; away only its title shows. */
export type PlotPlace = "beside" | "below" | "away";

/** Samples by two range keys, of those that pass every filter but the two keys' own. */
export interface DensityView {
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  /** By cell: at bin i of x and j of y it is `i * y.binCount + j`. */
  readonly counts: Uint32Array;
}

/** The same by the lines of a matrix. */
export interface MatrixView {
  readonly x: MatrixAxis;
  readonly y: MatrixAxis;
  /** As those of a density. */
  readonly counts: Uint32Array;
}

export interface PlotView {
  /** The two keys; null where there is no plot, or nobody knows the keys yet. */
  readonly sides: readonly [x: PlotSide, y: PlotSide] | null;
  /** Why there is nothing to plot of a key. */
  readonly problem: string | null;
  /** Set where both keys have axes, once they are counted; what was known last while data changes. */
  readonly density: DensityView | null;
  /** Set, in place of a density, where a key has a list of values. */
  readonly matrix: MatrixView | null;
  /** The filters on both keys. */
  readonly conditions: readonly [x: Condition | null, y: Condition | null];
  /** What of the axes is in sight. */
  readonly stretches: readonly [x: Stretch, y: Stretch];
  /** A state of this browser. */
  place: PlotPlace;
  /** Plots a key: with its match, or in place of the y axis where there is a plot; again is not. */
  toggle(key: string): void;
  /** Has another part of the axes in sight. */
  look(x: Stretch, y: Stretch): void;
  /** Brings the counts to what is asked for; an effect that calls it runs again when that changes. */
  follow(): void;
  /** Narrows both keys to a rectangle of places on the axes; null clears their filters. */
  narrow(rectangle: readonly [x: Stretch, y: Stretch] | null): void;
  /** Filters by a cell of the matrix; null clears both filters. */
  choose(cell: readonly [x: MatrixLine, y: MatrixLine] | null): void;
  /** Of each of these cells the first samples, at most `count`. */
  samplesIn(cells: readonly number[], count: number): Promise<number[][]>;
  /** Says of which samples somebody shows pictures, at an edge in CSS px; others stop loading. */
  show(who: object, sampleIds: readonly number[], edge: number): void;
  /** What is known of a tile now; reading it in a component subscribes to its changes. */
  tile(sampleId: number): TileState | undefined;
}
