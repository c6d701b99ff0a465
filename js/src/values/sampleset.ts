/** Sets of samples, at any size as quick to ask, to change and to send as a small one. */

import type { SampleIds } from "./ids";

/** More ids travel as a text, if that is shorter. */
const LONGEST_LIST = 10_000;
/** Of a run of equal bytes, as many as one byte counts. */
const LONGEST_RUN = 255;
/** Bytes of a chunk, each with the bits of eight ids. */
const CHUNK = 128;

type Chunks = ReadonlyMap<number, Uint8Array>;

/** An immutable set of sample ids: one bit per id, in chunks where there are any. */
export class SampleSet {
  static readonly EMPTY = new SampleSet(new Map());
  readonly size: number;
  /** Chunk `floor(id / 1024)` has bit `id & 7` in byte `(id >> 3) & 127`; none is empty. */
  readonly #chunks: Chunks;

  private constructor(chunks: Chunks) {
    this.#chunks = chunks;
    this.size = 0;
    for (const chunk of chunks.values()) this.size += countBits(chunk);
  }

  static of(ids: ArrayLike<number>): SampleSet {
    return SampleSet.EMPTY.with(ids);
  }

  /** Reads what a trait holds: ids, or `FIRST:TEXT`, see `src/framegrid/grid/answers/packed_ids.py`. */
  static unpack(wire: number[] | string): SampleSet {
    if (typeof wire !== "string") return SampleSet.of(wire);
    const [first, text] = wire.split(":");
    const chunks = new Map<number, Uint8Array>();
    const pairs = atob(text);
    let [at, end] = [Number(first), Number(first)];
    for (let i = 0; i < pairs.length; i += 2) {
      const byte = pairs.charCodeAt(i + 1);
      end += pairs.charCodeAt(i);
      if (!byte) at = end;
      while (at < end) {
        const chunk = chunkAt(chunks, Math.floor(at / CHUNK));
        const stop = Math.min(end, at - (at % CHUNK) + CHUNK);
        chunk.fill(byte, at % CHUNK, ((stop - 1) % CHUNK) + 1);
        at = stop;
      }
    }
    return new SampleSet(chunks);
  }

  /** All of them, ascending. */
  ids(): number[] {
    return this.#places.flatMap((place) => idsIn(place, this.#chunks.get(place)!));
  }

  get #places(): number[] {
    return [...this.#chunks.keys()].sort((a, b) => a - b);
  }

  /** Writes what a trait holds: equal sets are written alike. */
  pack(): number[] | string {
    const places = this.#places;
    const span = (places[places.length - 1] - places[0]) * CHUNK;
    if (this.size <= LONGEST_LIST || span > this.size) return this.ids();
    const bytes = new Uint8Array(span + CHUNK);
    for (const place of places) bytes.set(this.#chunks.get(place)!, (place - places[0]) * CHUNK);
    const first = bytes.findIndex((byte) => byte > 0);
    let end = bytes.length;
    while (bytes[end - 1] === 0) end--;
    return `${places[0] * CHUNK + first}:${runs(bytes.subarray(first, end))}`;
  }

  has(id: number): boolean {
    const chunk = this.#chunks.get(placeOf(id));
    return chunk !== undefined && (chunk[byteOf(id)] & bitOf(id)) > 0;
  }

  /** By row whether its id is in the set. */
  among(ids: SampleIds): Uint8Array {
    const mask = new Uint8Array(ids.count);
    for (let row = 0; row < mask.length;) {
      // Ids ascend: those of a chunk follow each other.
      const place = placeOf(ids.at(row));
      const chunk = this.#chunks.get(place);
      const stop = ids.below((place + 1) * 8 * CHUNK);
      if (chunk) this.#mark(mask, chunk, ids, row, stop);
      row = stop;
    }
    return mask;
  }

  #mark(mask: Uint8Array, chunk: Uint8Array, ids: SampleIds, row: number, stop: number): void {
    for (; row < stop; row++) {
      const bit = ids.at(row) % (8 * CHUNK);
      mask[row] = (chunk[bit >> 3] >> (bit & 7)) & 1;
    }
  }

  /** The smallest id; -1 of the empty set. */
  get first(): number {
    let first = Infinity;
    for (const place of this.#chunks.keys()) first = Math.min(first, place);
    return this.size ? idsIn(first, this.#chunks.get(first)!)[0] : -1;
  }

  with(ids: ArrayLike<number>): SampleSet {
    const chunks = new Map(this.#chunks);
    const own = new Set<number>();
    for (let i = 0; i < ids.length; i++) {
      const place = placeOf(ids[i]);
      if (!own.has(place)) {
        own.add(place);
        chunks.set(place, chunkAt(chunks, place).slice());
      }
      chunks.get(place)![byteOf(ids[i])] |= bitOf(ids[i]);
    }
    return new SampleSet(chunks);
  }

  without(other: SampleSet): SampleSet {
    const chunks = new Map<number, Uint8Array>();
    for (const [place, chunk] of this.#chunks) {
      const removed = other.#chunks.get(place);
      const left = removed ? chunk.map((bits, i) => bits & ~removed[i]) : chunk;
      if (left.some((bits) => bits > 0)) chunks.set(place, left);
    }
    return new SampleSet(chunks);
  }

  toggled(id: number): SampleSet {
    const single = SampleSet.of([id]);
    return this.has(id) ? this.without(single) : this.with([id]);
  }
}

function placeOf(id: number): number {
  return Math.floor(id / (8 * CHUNK));
}

function byteOf(id: number): number {
  return Math.floor(id / 8) % CHUNK;
}

function bitOf(id: number): number {
  return 1 << (id % 8);
}

function chunkAt(chunks: Map<number, Uint8Array>, place: number): Uint8Array {
  let chunk = chunks.get(place);
  if (!chunk) chunks.set(place, (chunk = new Uint8Array(CHUNK)));
  return chunk;
}

function idsIn(place: number, chunk: Uint8Array): number[] {
  const ids: number[] = [];
  for (let bit = 0; bit < 8 * CHUNK; bit++) {
    if (chunk[bit >> 3] & (1 << (bit & 7))) ids.push(place * 8 * CHUNK + bit);
  }
  return ids;
}

/** Base64 of pairs: how many bytes, and which. */
function runs(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    while (end < bytes.length && bytes[end] === bytes[start] && end - start < LONGEST_RUN) end++;
    parts.push(String.fromCharCode(end - start, bytes[start]));
  }
  return btoa(parts.join(""));
}

const BITS_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => {
  return [...byte.toString(2)].filter((digit) => digit === "1").length;
});

function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) count += BITS_OF_BYTE[bytes[i]];
  return count;
}
