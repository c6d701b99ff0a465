/** What the components see of a plot: two keys against each other. */

import type { PlotSide } from "../values/plot";

/** Where the panel is; away only its title shows. */
export type PlotPlace = "beside" | "below" | "away";

export interface PlotView {
  /** The two keys; null where there is no plot, or nobody knows the keys yet. */
  readonly sides: readonly [x: PlotSide, y: PlotSide] | null;
  /** A state of this browser. */
  place: PlotPlace;
  /** Plots a key: with its match, or in place of the y axis where there is a plot; again is not. */
  toggle(key: string): void;
}
