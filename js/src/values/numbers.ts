/** Numbers as text: as few digits as tell the values of one key apart. */

/** More significant digits than these are float noise. */
const EXACT = 15;
/** Values in so many places of a range are told apart. */
const PLACES = 500;
/** Digits of a number of which nothing is known. */
const SHORT = 6;
/** Digits that a small number has at least. */
const FEWEST = 3;
/** Numbers from 1e-4 up to 1e9 are written without an exponent, others if they need many digits. */
const [SMALL, LARGE, MANY] = [-4, 9, 6];

/**
 * How the numbers of one key are written, whoever shows them.
 *
 * A number has the decimals that its key's range calls for, and three digits at least. Zeros at the
 * end say that it is rounded: 24.96 is "25.0", 25 is "25".
 */
export class NumberFormat {
  /** Of every number; negative where not even ones matter. */
  readonly #decimals: number;
  readonly #digits: number;

  /** Of the finite ends of the range, equal ones for a constant; none where nothing is known. */
  constructor(ends?: readonly [min: number, max: number]) {
    const [min, max] = ends ?? [0, 0];
    this.#decimals = min < max ? -magnitude(max / PLACES - min / PLACES) : -Infinity;
    this.#digits = min < max ? FEWEST : SHORT;
  }

  /** With so many digits more. */
  text(x: number, more = 0): string {
    if (Number.isNaN(x)) return "NaN";
    if (!Number.isFinite(x)) return x > 0 ? "∞" : "-∞";
    const clean = withoutNoise(x);
    if (clean === 0) return "0";
    const size = magnitude(clean);
    const decimals = Math.max(this.#decimals, this.#digits - 1 - size) + more;
    const digits = size + decimals + 1;
    if (digits > EXACT) return unrounded(x);
    const isPlain = size >= SMALL && (size < LARGE || (digits > MANY && size < EXACT));
    return isPlain ? plain(clean, Math.max(0, decimals)) : scientific(clean, digits);
  }
}

/** Whole numbers with thousands separators; `text` may have decimals. */
export function grouped(text: string): string {
  return text.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
}

/** The largest doubles round to infinity: they stay. The smallest is the neighbour of 0. */
export function withoutNoise(x: number): number {
  if (Math.abs(x) === Number.MIN_VALUE) return 0;
  const rounded = Number(x.toPrecision(EXACT));
  return Number.isFinite(rounded) ? rounded : x;
}

/** Whether no double lies between two of one sign. */
export function areNeighbours(a: number, b: number): boolean {
  const [first, second] = new BigInt64Array(Float64Array.of(Math.abs(a), Math.abs(b)).buffer);
  return first - second === 1n || second - first === 1n;
}

/** The least double that is greater; that of infinity is itself. */
export function above(x: number): number {
  if (x === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(x).buffer);
  if (x < Infinity) bits[0] += x > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0];
}

/** Of the first digit: 0 for ones, 1 for tens. */
function magnitude(x: number): number {
  return Number(x.toExponential().split("e")[1]);
}

function plain(x: number, decimals: number): string {
  const text = x.toFixed(decimals);
  return grouped(Number(text) === x ? String(x) : text);
}

function scientific(x: number, digits: number): string {
  const text = x.toExponential(Math.max(FEWEST, digits) - 1);
  return (Number(text) === x ? x.toExponential() : text).replace("e+", "e");
}

/** What only all its digits tell apart from others. */
function unrounded(x: number): string {
  const size = magnitude(x);
  const isPlain = size >= SMALL && size < EXACT;
  return isPlain ? grouped(String(x)) : x.toExponential().replace("e+", "e");
}
