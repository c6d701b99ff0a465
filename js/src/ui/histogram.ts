/** A histogram as one SVG path in a box of 1 by 1, y downwards. */

/** Bars that are not empty are at least this high. */
const LEAST = 0.05;

/**
 * The outline of all bars; heights grow with the square root, so that few stay visible beside many.
 *
 * @param bounds where each bin begins, and the last one ends, as fractions of the width
 * @param counts one per bin
 * @param tallest the count that fills the height
 */
export function outline(
  bounds: readonly number[],
  counts: ArrayLike<number>,
  tallest: number,
): string {
  let path = "";
  for (let bin = 0; bin + 1 < bounds.length; bin++) {
    const count = counts[bin];
    if (!count) continue;
    const height = Math.max(LEAST, Math.sqrt(count / tallest));
    path += `M${round(bounds[bin])} 1V${round(1 - height)}H${round(bounds[bin + 1])}V1Z`;
  }
  return path;
}

const round = (x: number): number => Math.round(x * 1e4) / 1e4;
