/** What keys do to a cut. */

/** By so many samples or percent of them, or to an end of the scale. */
export type CutMove = { samples: number } | { percent: number } | { to: "first" | "last" };

const MOVES = new Map<string, CutMove>([
  ["ArrowLeft", { samples: -1 }],
  ["ArrowDown", { samples: -1 }],
  ["ArrowRight", { samples: 1 }],
  ["ArrowUp", { samples: 1 }],
  ["PageDown", { percent: -1 }],
  ["PageUp", { percent: 1 }],
  ["Home", { to: "first" }],
  ["End", { to: "last" }],
]);

/** Undefined for a key that is not the cut's. */
export const moveOf = (key: string): CutMove | undefined => MOVES.get(key);
