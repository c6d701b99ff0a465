/** The order of values, as pandas sorts them. */

type Ordered = string | number | bigint | boolean;

/** Less than 0 where `x` comes first; both are values of one key. */
export function compare(x: Ordered, y: Ordered): number {
  if (typeof x === "string" && typeof y === "string") return compareText(x, y);
  return Number(x > y) - Number(x < y);
}

/** By code points, as Python compares; JavaScript's own order is by UTF-16 units. */
function compareText(x: string, y: string): number {
  const length = Math.min(x.length, y.length);
  for (let at = 0; at < length; at++) {
    if (x[at] !== y[at]) return rank(x.charCodeAt(at)) - rank(y.charCodeAt(at));
  }
  return x.length - y.length;
}

/** Surrogates stand for what lies beyond all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
