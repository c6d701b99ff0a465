/**
 * The crossfilter's loops over rows.
 *
 * None has a branch that depends on data, for a mispredicted one costs more than all the rest.
 */

export type Codes = Uint8Array | Uint16Array;
/** There may be as many sections as rows. */
export type SectionCodes = Codes | Uint32Array;

/** Adds every row to the count of its code. */
export function countAll(counts: Uint32Array, codes: SectionCodes): void {
  for (let row = 0; row < codes.length; row++) counts[codes[row]]++;
}

/** Gives rows other codes: those that stand in `table` at their own. */
export function recode(out: SectionCodes, codes: Codes, table: Uint16Array): void {
  for (let row = 0; row < codes.length; row++) out[row] = table[codes[row]];
}

/**
 * Takes a filter into account in `failed`: which filter a row fails, 0 for none.
 *
 * `fails` has, by code, 0 for codes that pass and otherwise the length of half of `next`, whose
 * halves give what a row fails from now on if it passes this filter, and if it does not.
 */
export function fail(failed: Codes, codes: Codes, fails: Uint32Array, next: Codes): void {
  for (let row = 0; row < codes.length; row++) {
    failed[row] = next[failed[row] + fails[codes[row]]];
  }
}

/** Gives rows that fail none but filter `only` the slot of their code, and all others slot 0. */
export function assignSlots(
  out: Uint16Array,
  codes: Codes,
  slots: Uint16Array,
  failed: Codes,
  only: number,
): void {
  for (let row = 0; row < codes.length; row++) {
    const passes = Number(failed[row] === 0) | Number(failed[row] === only);
    out[row] = slots[codes[row]] * passes;
  }
}

/** Adds every row to `counts[slot][bin of its code]`, where a slot has `2 ** shift` bins. */
export function countBins(
  counts: Uint32Array,
  slots: Uint16Array,
  codes: Codes,
  bins: Uint16Array,
  shift: number,
): void {
  for (let row = 0; row < codes.length; row++) counts[(slots[row] << shift) + bins[codes[row]]]++;
}

/** Adds every row to `counts[slot][its block]`; blocks are `2 ** size` places in row order. */
export function countBlocks(
  counts: Uint32Array,
  slots: Uint16Array,
  blocks: number,
  size: number,
): void {
  for (let row = 0; row < slots.length; row++) counts[slots[row] * blocks + (row >>> size)]++;
}

/** The same where `order` gives the rows by place. */
export function countBlocksInOrder(
  counts: Uint32Array,
  slots: Uint16Array,
  order: Uint32Array,
  blocks: number,
  size: number,
): void {
  for (let place = 0; place < order.length; place++) {
    counts[slots[order[place]] * blocks + (place >>> size)]++;
  }
}

/** Adds every row to `counts[slot][its section]`. */
export function countSections(
  counts: Uint32Array,
  slots: Uint16Array,
  codes: SectionCodes,
  sections: number,
): void {
  for (let row = 0; row < slots.length; row++) counts[slots[row] * sections + codes[row]]++;
}

/** Adds every row whose slot passes to the count of its section. */
export function countPassing(
  counts: Uint32Array,
  slots: Uint16Array,
  passes: Uint8Array,
  codes: SectionCodes,
): void {
  for (let row = 0; row < slots.length; row++) counts[codes[row]] += passes[slots[row]];
}

/** Writes the cell of each row: of its two codes, what `begins` gives for one and `bins` adds for the other. */
export function joinCells(
  cells: Uint16Array,
  xs: Codes,
  begins: Uint16Array,
  ys: Codes,
  bins: Uint16Array,
): void {
  for (let row = 0; row < cells.length; row++) cells[row] = begins[xs[row]] + bins[ys[row]];
}

/** Leaves 1 in `alive` only where a filter lets a row pass. */
export function shutOut(alive: Uint8Array, codes: Codes, passes: Uint8Array): void {
  for (let row = 0; row < codes.length; row++) alive[row] &= passes[codes[row]];
}

/** Adds every row that is alive to the count of its cell. */
export function countAlive(counts: Uint32Array, alive: Uint8Array, cells: Uint16Array): void {
  for (let row = 0; row < cells.length; row++) counts[cells[row]] += alive[row];
}

/** The same for rows whose code passes. */
export function countPassingCells(
  counts: Uint32Array,
  codes: Codes,
  passes: Uint8Array,
  alive: Uint8Array,
  cells: Uint16Array,
): void {
  for (let row = 0; row < cells.length; row++)
    counts[cells[row]] += alive[row] & passes[codes[row]];
}

/** Adds every row to `counts[slot of its code][its cell]`; where it is not alive, that is slot 0. */
export function countCells(
  counts: Uint32Array,
  width: number,
  codes: Codes,
  slots: Uint16Array,
  alive: Uint8Array,
  cells: Uint16Array,
): void {
  for (let row = 0; row < cells.length; row++) {
    counts[slots[codes[row]] * alive[row] * width + cells[row]]++;
  }
}

/**
 * Puts the rows at the places from `start` up to `stop` of an order behind those of their section in
 * `out`; `next` has the place where a section goes on.
 */
export function deal(
  out: Uint32Array,
  next: Uint32Array,
  codes: SectionCodes,
  order: Uint32Array | null,
  start: number,
  stop: number,
): void {
  if (!order) for (let row = start; row < stop; row++) out[next[codes[row]]++] = row;
  else
    for (let place = start; place < stop; place++) {
      out[next[codes[order[place]]]++] = order[place];
    }
}

/**
 * Writes the rows from `start` up to `stop` whose slot passes into `out` from `length` on, which
 * has room for one more; returns the new length.
 */
export function select(
  out: Uint32Array,
  length: number,
  slots: Uint16Array,
  passes: Uint8Array,
  start: number,
  stop: number,
): number {
  for (let row = start; row < stop; row++) {
    out[length] = row;
    length += passes[slots[row]];
  }
  return length;
}

/** The same for places of an order. */
export function selectInOrder(
  out: Uint32Array,
  length: number,
  slots: Uint16Array,
  passes: Uint8Array,
  start: number,
  stop: number,
  order: Uint32Array,
): number {
  for (let place = start; place < stop; place++) {
    out[length] = order[place];
    length += passes[slots[order[place]]];
  }
  return length;
}
