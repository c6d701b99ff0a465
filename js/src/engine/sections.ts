/** Rows section by section: where each section has its rows, and which of them have a place. */

import { countAll, deal } from "./loops";
import type { Arrangement, SectionList, Sections } from "./types";
import { countBelow } from "../values/search";

/** Rows that are gone through at a time. */
const PORTION = 2 ** 20;

/** As the codes have them, and all of them. */
export const BY_CODE: Arrangement = { by: "value", atMost: 0, folded: [] };

/** All rows section by section, those that do not pass included. */
export class SectionedOrder implements Sections {
  readonly codes: Sections["codes"];
  readonly codeCount: number;
  /** By code the place of its first row in `rows`, and behind the last one how many rows there are. */
  readonly begins: Uint32Array;
  /** Null until `deal` is through. */
  rows: Uint32Array | null = null;

  constructor({ codes, codeCount }: Sections) {
    [this.codes, this.codeCount] = [codes, codeCount];
    const counts = new Uint32Array(codeCount);
    countAll(counts, codes);
    this.begins = startsOf(counts);
  }

  /** Brings the rows of each section into an order, portion by portion. */
  *deal(order: Uint32Array | null): Generator<void> {
    const { codes, begins } = this;
    const [rows, next] = [new Uint32Array(codes.length), begins.slice()];
    for (let start = 0; start < codes.length; start += PORTION) {
      if (start) yield;
      deal(rows, next, codes, order, start, Math.min(codes.length, start + PORTION));
    }
    this.rows = rows;
    yield;
  }
}

/** The sum of all before each count, and of all of them. */
export function startsOf(counts: Uint32Array): Uint32Array {
  const starts = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) starts[i + 1] = starts[i] + counts[i];
  return starts;
}

/** The sections of which rows pass, given how many of each. */
export function arrange(
  byCode: Uint32Array,
  { by, atMost, folded }: Arrangement,
): { list: SectionList; shown: number } {
  const codes = inOrder(byCode, by);
  const counts = codes.map((code) => byCode[code]);
  const shown = atMost ? counts.map((count) => Math.min(count, atMost)) : counts.slice();
  const unfolded = shown.reduce((sum, count) => sum + count, 0);
  const isFolded = new Set(folded);
  if (isFolded.size) codes.forEach((code, i) => isFolded.has(code) && (shown[i] = 0));
  const starts = startsOf(shown);
  const list = { codes, counts, shown, starts: starts.subarray(0, codes.length), unfolded };
  return { list, shown: starts[codes.length] };
}

/** Which section has a place; -1 for none. */
export function sectionAt({ starts }: SectionList, place: number): number {
  return countBelow(starts, place + 1) - 1;
}

/** The codes of the sections of which rows pass. */
function inOrder(byCode: Uint32Array, by: Arrangement["by"]): Uint32Array {
  const missing = byCode.length - 1;
  const codes = new Uint32Array(byCode.length + 1);
  let length = 0;
  for (let code = 0; code < missing; code++) {
    codes[length] = code;
    length += Number(byCode[code] > 0);
  }
  const present = codes.subarray(0, length);
  if (by === "-value") present.reverse();
  else if (by !== "value") sortByCount(present, byCode, by === "count");
  codes[length] = missing;
  return codes.slice(0, length + Number(byCode[missing] > 0));
}

/** One number for count and code: a typed array sorts numbers much faster than by a comparison. */
function sortByCount(codes: Uint32Array, byCode: Uint32Array, ascending: boolean): void {
  const width = byCode.length;
  const most = ascending ? 0 : byCode.reduce((most, count) => Math.max(most, count), 0);
  const keys = Float64Array.from(codes, (code) => Math.abs(most - byCode[code]) * width + code);
  keys.sort().forEach((key, i) => (codes[i] = key % width));
}
