/** Counts for every position of a filter: those of any are a difference of two. */

/** From the first to the last, inclusive. */
export type Run = readonly [first: number, last: number];

/** Counts by slot and item, summed up along the slots. */
export class SlotTable {
  /** `counts`: by slot times `width` plus item, not yet summed up. */
  constructor(
    readonly counts: Uint32Array,
    readonly width: number,
  ) {
    counts.fill(0, 0, width);
    for (let i = width; i < counts.length; i++) counts[i] += counts[i - width];
  }

  /** Counts by item in these runs of slots. */
  sum(runs: readonly Run[]): Uint32Array {
    const { counts, width } = this;
    const sums = new Uint32Array(width);
    for (const [first, last] of runs) {
      const [below, through] = [(first - 1) * width, last * width];
      for (let item = 0; item < width; item++) {
        sums[item] += counts[through + item] - counts[below + item];
      }
    }
    return sums;
  }
}

/** Runs of slots that pass; none begins at slot 0. */
export function runsOf(passes: Uint8Array): Run[] {
  const runs: Run[] = [];
  for (let slot = 1; slot < passes.length; slot++) {
    const first = slot;
    while (passes[slot]) slot++;
    if (slot > first) runs.push([first, slot - 1]);
  }
  return runs;
}
