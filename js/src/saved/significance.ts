/** How surprising a difference is; twin of `src/framegrid/grid/answers/significance.py`. */

/** Of the keys that are said to differ no larger part is expected not to. */
const DISCOVERY_RATE = 0.05;
const NEGLIGIBLE = 1e-17;
const CERTAIN = 0.18;

/** The logarithm of the probability that Kolmogorov's distribution exceeds `x`. */
export function logKolmogorov(x: number): number {
  if (x < CERTAIN) return 0;
  const sum = (ks: number[], term: (k: number) => number): number =>
    ks.reduce((total, k) => total + term(k), 0);
  if (x < 1) {
    const terms = sum([1, 2, 3, 4], (k) => Math.exp(-((((2 * k - 1) * Math.PI) / x) ** 2) / 8));
    return Math.log1p((-Math.sqrt(2 * Math.PI) / x) * terms);
  }
  const more = sum([2, 3, 4, 5], (k) => (-1) ** (k - 1) * Math.exp(-2 * (k * k - 1) * x * x));
  return Math.log(2) - 2 * x * x + Math.log1p(more);
}

/**
 * The logarithm of twice the probability of a draw that is no less odd, to the side that it is odd
 * on: of `drawn` out of `everything`, with `marked` of `allMarked`.
 */
export function logHypergeometric(
  marked: number,
  drawn: number,
  allMarked: number,
  everything: number,
): number {
  const isFew = marked * everything < drawn * allMarked;
  const [some, all] = isFew ? [drawn - marked, everything - allMarked] : [marked, allMarked];
  const greatest = Math.min(drawn, all);
  let [tail, term] = [1, 1];
  for (let k = some; k < greatest && term > tail * NEGLIGIBLE; k++) {
    term *= ((all - k) * (drawn - k)) / ((k + 1) * (everything - all - drawn + k + 1));
    tail += term;
  }
  const odds =
    logChoices(all, some) +
    logChoices(everything - all, drawn - some) -
    logChoices(everything, drawn);
  return Math.min(0, Math.log(2) + odds + Math.log(tail));
}

/** Which of several p-values, as logarithms, stand out (Benjamini and Hochberg). */
export function discoveries(logPs: number[]): boolean[] {
  const under = [...logPs]
    .sort((a, b) => a - b)
    .filter((logP, i) => logP <= Math.log((DISCOVERY_RATE * (i + 1)) / logPs.length));
  return logPs.map((logP) => under.length > 0 && logP <= under[under.length - 1]);
}

function logChoices(of: number, taken: number): number {
  return logFactorial(of) - logFactorial(taken) - logFactorial(of - taken);
}

/** Stirling's series, from where it is exact to a double. */
function logFactorial(n: number): number {
  let [x, below] = [n + 1, 0];
  for (; x < 16; x++) below += Math.log(x);
  const y = 1 / (x * x);
  const series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - below;
}
