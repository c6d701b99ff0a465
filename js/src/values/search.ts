/** Binary search in ascending arrays. */

/** How many of the first ascending numbers lie below `value`, which is where it is or would be. */
export function countBelow(
  sorted: ArrayLike<number>,
  value: number,
  length = sorted.length,
): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the ascending numbers do not exceed `value`. */
export function countUpTo(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of `value` among ascending numbers, -1 when it is not there. */
export function findSorted(sorted: ArrayLike<number>, value: number): number {
  const index = countBelow(sorted, value);
  return sorted[index] === value ? index : -1;
}
