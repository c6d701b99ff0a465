/** Arrays of one number per row: which they are, and how they are pulled from the kernel piece by piece. */

import { areSame, isSame } from "../values/conditions";
import { SampleIds } from "../values/ids";
import { groupKey } from "../values/group";
import { sortKeys, sortsOf } from "../values/sort";
import type { Described, EngineArray, PulledArray, RowArray } from "./types";
import type { ArrayPiece, ArraySpec } from "../protocol";
import type { RequestChannel } from "../kernel/requests";

const ARRAY_TYPES = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  float64: Float64Array,
};

/**
 * The keys that an array is made of: "" for an expression, which may be made of any, and that of
 * the rows for a random order.
 */
export function keysOf(spec: EngineArray, isKey: (key: string) => boolean): string[] {
  if (spec.of === "sections") return [groupKey(spec.group, isKey)];
  if (spec.of !== "order") return [spec.key];
  const sorts = sortsOf(spec.sort);
  const keys = sortKeys(sorts, isKey);
  return keys.length === sorts.length ? keys : [...keys, "sample_id"];
}

export function isSameSpec(a: EngineArray, b: EngineArray): boolean {
  if (a.of === "order") return b.of === "order" && areSame(sortsOf(a.sort), sortsOf(b.sort));
  if (a.of === "sections") return b.of === "sections" && a.group === b.group;
  if (b.of === "order" || b.of === "sections" || a.key !== b.key) return false;
  if (a.of === "codes") return b.of === "codes" && areSame(a.extra, b.extra);
  return b.of === "mask" && isSame(a.condition, b.condition);
}

/**
 * Pulls arrays of one revision and hands each on when it is whole; false when the dataset changed
 * meanwhile.
 */
export async function pullArrays(
  channel: RequestChannel,
  revision: number,
  rows: number,
  specs: ArraySpec[],
  take: (array: PulledArray, index: number) => void,
): Promise<boolean> {
  const pulled: PulledArray[] = [];
  let first = 0;
  let start = 0;
  while (first < specs.length) {
    const body = { revision, arrays: specs.slice(first), start };
    const { ok, buffers } = await channel.request("arrays", body);
    if (ok.stale) return false;
    for (const piece of ok.pieces) {
      const index = first + piece.index;
      pulled[index] ??= begun(piece, rows);
      fill(pulled[index].data, piece, buffers[piece.buffer]);
      if (piece.stop === rows) take(pulled[index], index);
    }
    const last = ok.pieces[ok.pieces.length - 1];
    first += last.index + (last.stop === rows ? 1 : 0);
    start = last.stop === rows ? 0 : last.stop;
  }
  return true;
}

/** Pulls the sample ids, if they have to be; undefined when the dataset changed meanwhile. */
export async function pullIds(
  channel: RequestChannel,
  { revision, rows, first_id }: Described,
): Promise<SampleIds | undefined> {
  if (first_id !== null) return new SampleIds(rows, first_id);
  let ids: SampleIds | undefined;
  await pullArrays(channel, revision, rows, [{ of: "ids" }], ({ data }) => {
    ids = new SampleIds(rows, data as Float64Array);
  });
  return ids;
}

/** An array that came in one piece. */
export function wholeArray(piece: ArrayPiece, buffers: DataView[]): PulledArray {
  const array = begun(piece, piece.stop);
  fill(array.data, piece, buffers[piece.buffer]);
  return array;
}

function begun({ header, dtype }: ArrayPiece, rows: number): PulledArray {
  return { header: header!, data: new ARRAY_TYPES[dtype](rows) };
}

function fill(data: RowArray, piece: ArrayPiece, buffer: DataView): void {
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  new Uint8Array(data.buffer).set(bytes, piece.start * data.BYTES_PER_ELEMENT);
}
