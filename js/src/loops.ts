/**
 * The crossfilter's loops over rows.
 *
 * None has a branch that depends on data, for a mispredicted one costs more than all the rest: a
 * row is always written, and the place to write to moves on only when it counts.
 */

export type Codes = Uint8Array | Uint16Array;

/** Adds every row to the count of its code. */
export function countAll(counts: Uint32Array, codes: Codes): void {
  for (let row = 0; row < codes.length; row++) counts[codes[row]]++;
}

/** Adds `sign` per listed row to the count of its code. */
export function countRows(
  counts: Uint32Array,
  codes: Codes,
  rows: Uint32Array,
  sign: 1 | -1,
): void {
  for (let i = 0; i < rows.length; i++) counts[codes[rows[i]]] += sign;
}

/**
 * Adds to each row's `failing` the `delta` of its code. The rows that it takes from are listed at
 * the front of `changed`, those that it adds to at the back; returns the two lists.
 */
export function flip(
  failing: Int32Array,
  codes: Codes,
  delta: Int32Array,
  changed: Uint32Array,
): { entered: Uint32Array; left: Uint32Array } {
  let front = 0;
  let back = codes.length - 1;
  for (let row = 0; row < codes.length; row++) {
    const change = delta[codes[row]];
    failing[row] += change;
    changed[front] = row;
    changed[back] = row;
    // The sign bits.
    front += change >>> 31;
    back -= -change >>> 31;
  }
  return { entered: changed.subarray(0, front), left: changed.subarray(back + 1) };
}

/**
 * Lists in `out` the rows whose `failing` is `value`, or with `not` 1 is another; returns that
 * list.
 */
export function select(
  failing: Int32Array,
  value: number,
  not: 0 | 1,
  out: Uint32Array,
): Uint32Array {
  let length = 0;
  for (let row = 0; row < failing.length; row++) {
    out[length] = row;
    length += Number(failing[row] === value) ^ not;
  }
  return out.subarray(0, length);
}

/** Lists in `out` those of `rows` whose `failing` is `value`; returns that list. */
export function selectFrom(
  rows: Uint32Array,
  failing: Int32Array,
  value: number,
  out: Uint32Array,
): Uint32Array {
  let length = 0;
  for (let i = 0; i < rows.length; i++) {
    out[length] = rows[i];
    length += Number(failing[rows[i]] === value);
  }
  return out.subarray(0, length);
}

/**
 * Like `selectFrom` with value 0, but for all rows in any `order`: bytes stay in the cache under
 * random access.
 */
export function selectInOrder(
  order: Uint32Array,
  failing: Int32Array,
  marks: Uint8Array,
  out: Uint32Array,
): Uint32Array {
  for (let row = 0; row < failing.length; row++) marks[row] = Number(failing[row] === 0);
  let length = 0;
  for (let i = 0; i < order.length; i++) {
    out[length] = order[i];
    length += marks[order[i]];
  }
  return out.subarray(0, length);
}

/** Where each row stands in `order`. */
export function inverse(order: Uint32Array): Uint32Array {
  const ranks = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) ranks[order[i]] = i;
  return ranks;
}
