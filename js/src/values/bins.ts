/** The bins of a slider's histogram: unions of its steps. */

import type { Edge, NumberKind } from "../protocol";

/** Bins of a histogram at most. */
export const MAX_BINS = 60;

/** Every edge is the next integer, so that a bin is a number of values, not an interval. */
function stepsByOne(number: NumberKind, edges: readonly Edge[]): boolean {
  const last = edges.length - 1;
  return number === "integer" && last > 0 && edges[last] - edges[0] === last;
}

/**
 * At most `MAX_BINS` unions of whole steps; integers that step by one are binned value by value.
 */
export function binEdgesOf(number: NumberKind, edges: readonly Edge[]): Edge[] {
  if (edges.length === 0) return [];
  const last = edges.length - 1;
  const byValue = stepsByOne(number, edges);
  const width = Math.max(1, Math.ceil((byValue ? last + 1 : last) / MAX_BINS));
  const inner: Edge[] = [];
  for (let i = width; i < last + (byValue ? 1 : 0); i += width) {
    inner.push(byValue ? edges[i] - 0.5 : edges[i]);
  }
  return [edges[0], ...inner, edges[last]];
}

/** At most `MAX_BINS` unions of steps, about equally wide on the track. */
export function evenBinEdges(edges: readonly Edge[], fraction: (edge: Edge) => number): Edge[] {
  const [first, last] = [edges[0], edges[edges.length - 1]];
  if (edges.length < 2) return [...edges, ...edges];
  const bins: Edge[] = [first];
  let end = 0;
  for (const edge of edges.slice(1, -1)) {
    if (fraction(edge) < end + 1 / MAX_BINS) continue;
    bins.push(edge);
    end = fraction(edge);
  }
  return [...bins, last];
}

/**
 * Bin by code; codes beyond the ends and missing get `binEdges.length - 1`, one past the last bin.
 */
export function binByCode(edges: readonly Edge[], binEdges: readonly Edge[]): Uint8Array {
  const binCount = Math.max(0, binEdges.length - 1);
  const bins = new Uint8Array(2 * edges.length + 2).fill(binCount);
  let bin = 0;
  edges.forEach((edge, i) => {
    while (bin + 1 < binCount && binEdges[bin + 1] <= edge) bin++;
    bins[2 * i + 1] = bin;
    if (i + 1 < edges.length) bins[2 * i + 2] = bin;
  });
  return bins;
}
