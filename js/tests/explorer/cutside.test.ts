import { describe, expect, it } from "vitest";
import { Side } from "../../src/explorer/cutside.svelte";

const COUNT = 10_000;

/** A side whose ids are its positions, from a kernel that answers when it is told to. */
function begun() {
  const asked: [number, number][] = [];
  const side: Side = new Side({
    order: () => ["score"],
    allIds: () => [],
    tile: () => undefined,
    shown: () => {},
    lacks: () => asked.push(side.window),
    idsBetween: async (first, last) => {
      return Array.from({ length: last - first }, (_, i) => first + i);
    },
  });
  const answer = (): void => {
    const [first, last] = side.window;
    const ids = Array.from({ length: Math.min(last, COUNT) - first }, (_, i) => first + i);
    side.take({ count: COUNT, ids }, side.window);
  };
  answer();
  return { side, asked, answer };
}

/** What a screen does: it looks at positions, and tells the samples there. */
function look(side: Side, first: number, last: number): number[] {
  const ids = Array.from({ length: last - first }, (_, i) => side.idAt(first + i));
  side.showTiles(ids, 128);
  return ids;
}

describe("Side", () => {
  it("has the nearest, and asks once for all that is looked at elsewhere", async () => {
    const { side, asked, answer } = begun();
    expect(look(side, 0, 40)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(asked).toEqual([]);
    expect(new Set(look(side, 5000, 5040))).toEqual(new Set([-1]));
    await Promise.resolve();
    expect(asked).toEqual([[4744, 5295]]);
    answer();
    expect(look(side, 5000, 5040)[0]).toBe(5000);
    expect([side.indexOf(5010), side.indexOf(3)]).toEqual([5010, -1]);
  });

  it("comes to rest wherever a screen scrolls to, however much that shows", async () => {
    const { side, asked, answer } = begun();
    const [length, step] = [700, 90];
    for (let first = 0; first < 5000; first += step) {
      for (let round = 0; look(side, first, first + length).includes(-1); round++) {
        expect(round).toBeLessThan(3);
        await Promise.resolve();
        answer();
      }
    }
    expect(asked.length).toBeLessThan(40);
  });

  it("asks for no more than there is, nor twice for the same", async () => {
    const { side, asked } = begun();
    side.take({ count: 3, ids: [7, 8, 9] }, [0, 256]);
    expect([side.idAt(2), side.idAt(3), side.idAt(-1)]).toEqual([9, -1, -1]);
    await Promise.resolve();
    expect(asked).toEqual([]);
    expect(await side.idsBetween(0, 3)).toEqual([0, 1, 2]);
  });
});
