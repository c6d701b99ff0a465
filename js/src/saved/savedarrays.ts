/** The arrays of a saved page, computed as the kernel does; see `src/framegrid/filters/codes`. */

import type { Category, Edge, ElementsHeader, Value } from "../protocol";
import { countBelow } from "../values/search";
import type { Comparable } from "./table";

/** Ordinal codes: even between edges, odd on one; the last one stands for missing. */
export function encodeRange(values: Comparable[], edges: Edge[]): Uint16Array {
  return Uint16Array.from(values, (value) => {
    if (value === null) return 2 * edges.length + 1;
    const below = countBelow(edges, value as number);
    return 2 * below + Number(edges[below] == value);
  });
}

/** Position in the list of values; what is not there is missing. */
export function encodeValues(values: Value[], list: Exclude<Category, null>[]): Uint16Array {
  const codes = new Map<Value, number>(list.map((value, code) => [value, code]));
  return Uint16Array.from(values, (value) => codes.get(value) ?? list.length);
}

/** Whether a text is missing. */
export function encodeText(values: Value[]): Uint8Array {
  return Uint8Array.from(values, (value) => Number(value === null));
}

/** Position in the list of combinations; what is not there is missing. */
export function encodeElements(values: Value[], header: ElementsHeader): Uint16Array {
  const places = new Map<Value, number>(header.values.map((value, place) => [value, place]));
  const codes = new Map(header.combinations.map((held, code) => [held.join(), code]));
  return Uint16Array.from(values, (value) => {
    if (!Array.isArray(value)) return header.combinations.length;
    const held = new Set(value.flatMap((item) => places.get(item) ?? []));
    return codes.get([...held].sort((a, b) => a - b).join())!;
  });
}

/** Rows by value, missing last, ties in the order of the rows. */
export function sortRows(values: Comparable[], descending: boolean): Uint32Array {
  const sign = descending ? -1 : 1;
  return Uint32Array.from(values.keys()).sort((a, b) => {
    const [x, y] = [values[a], values[b]];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
    return sign * compare(x, y) || a - b;
  });
}

function compare(x: Exclude<Comparable, null>, y: Exclude<Comparable, null>): number {
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
