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

/** Of each code the slot: those that occur are numbered from 1 on, others have 0. */
export function slotsOf(all: Uint32Array): { slotOf: Uint16Array; slotCount: number } {
  let slotCount = 0;
  const slotOf = Uint16Array.from(all, (count) => (count ? ++slotCount : 0));
  return { slotOf, slotCount };
}

/** What passes by slot, given what passes by code; nothing does in slot 0. */
export function passingSlots(
  slotOf: Uint16Array,
  slotCount: number,
  passes: Uint8Array | null,
): Uint8Array {
  const bySlot = new Uint8Array(slotCount + 1);
  slotOf.forEach((slot, code) => (bySlot[slot] = passes?.[code] ?? 1));
  bySlot[0] = 0;
  return bySlot;
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
