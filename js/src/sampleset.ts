/** Sets of samples, at any size as quick to ask, to change and to send as a small one. */

/** Of a run of equal bytes, as many as one byte counts. */
const LONGEST_RUN = 255;

/** An immutable set of sample ids: one bit per id. */
export class SampleSet {
  static readonly EMPTY = new SampleSet(new Uint8Array(0));
  readonly size: number;
  /** Bit `id & 7` of byte `id >> 3`; the last byte is not 0, so that equal sets have equal texts. */
  readonly #bits: Uint8Array;

  private constructor(bits: Uint8Array) {
    let end = bits.length;
    while (end > 0 && bits[end - 1] === 0) end--;
    this.#bits = bits.subarray(0, end);
    this.size = countBits(this.#bits);
  }

  static of(ids: ArrayLike<number>): SampleSet {
    return SampleSet.EMPTY.with(ids);
  }

  /** Reads the text of a trait: base64 of pairs, how many bytes and which byte. */
  static unpack(text: string): SampleSet {
    const pairs = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    let length = 0;
    for (let i = 0; i < pairs.length; i += 2) length += pairs[i];
    const bits = new Uint8Array(length);
    for (let i = 0, at = 0; i < pairs.length; at += pairs[i], i += 2) {
      bits.fill(pairs[i + 1], at, at + pairs[i]);
    }
    return new SampleSet(bits);
  }

  /** Writes the text of a trait. */
  pack(): string {
    const bits = this.#bits;
    const parts: string[] = [];
    for (let start = 0, end = 0; start < bits.length; start = end) {
      while (end < bits.length && bits[end] === bits[start] && end - start < LONGEST_RUN) end++;
      parts.push(String.fromCharCode(end - start, bits[start]));
    }
    return btoa(parts.join(""));
  }

  has(id: number): boolean {
    return (this.#bits[id >> 3] & (1 << (id & 7))) > 0;
  }

  /** The smallest id; -1 of the empty set. */
  get first(): number {
    const byte = this.#bits.findIndex((bits) => bits > 0);
    return byte < 0 ? -1 : 8 * byte + Math.log2(this.#bits[byte] & -this.#bits[byte]);
  }

  with(ids: ArrayLike<number>): SampleSet {
    let last = 8 * this.#bits.length - 1;
    for (let i = 0; i < ids.length; i++) last = Math.max(last, ids[i]);
    const bits = new Uint8Array((last >> 3) + 1);
    bits.set(this.#bits);
    for (let i = 0; i < ids.length; i++) bits[ids[i] >> 3] |= 1 << (ids[i] & 7);
    return new SampleSet(bits);
  }

  without(other: SampleSet): SampleSet {
    return new SampleSet(this.#bits.map((bits, i) => bits & ~(other.#bits[i] ?? 0)));
  }

  toggled(id: number): SampleSet {
    const single = SampleSet.of([id]);
    return this.has(id) ? this.without(single) : this.with([id]);
  }
}

const BITS_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => {
  return [...byte.toString(2)].filter((digit) => digit === "1").length;
});

function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) count += BITS_OF_BYTE[bytes[i]];
  return count;
}
