/** Random orders that Python makes alike; twin of `shuffled` in `src/framegrid/grid/answers/orders.py`. */

const WORD = 2 ** 32;

/** Numbers that bring samples into a random order, by a seed of any length, of which 64 bits count. */
export function shuffled(ids: ArrayLike<number>, seed: string): Uint32Array {
  const bits = BigInt.asUintN(64, BigInt(seed.replace(/^\+/, "")));
  const low = mixed(Number(bits & 0xffffffffn));
  const key = mixed(low ^ Number(bits >> 32n));
  return Uint32Array.from(ids, (id) => mixed(mixed(key ^ Math.floor(id / WORD)) ^ (id % WORD)));
}

/** The last step of MurmurHash3: every bit of the result depends on each of these. */
function mixed(bits: number): number {
  bits ^= bits >>> 16;
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
