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
