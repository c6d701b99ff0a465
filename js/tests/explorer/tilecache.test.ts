import { describe, expect, test } from "vitest";
import { TileStore } from "../../src/explorer/thumbnails";
import { answer, frame, calls, settled, storeOf, range } from "./tilestore";

describe("room", () => {
  const LENGTH = 30_000;
  const TILE = 40_000 + 600;

  async function showAll(store: TileStore, ids: number[]): Promise<void> {
    for (const id of ids) {
      store.show([id]);
      frame();
      answer(calls[calls.length - 1], [id], 0, LENGTH);
      calls[calls.length - 1].end();
      await settled();
    }
  }

  test("is made by forgetting what was shown longest ago", async () => {
    const store = storeOf(3 * TILE);
    await showAll(store, [1, 2, 3]);
    store.show([1]);
    await showAll(store, [4]);
    expect([1, 2, 3, 4].map((id) => store.get(id) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  test("is never made by forgetting what is shown", async () => {
    const store = storeOf(TILE);
    store.show([1, 2, 3]);
    frame();
    answer(calls[0], [1, 2, 3], 0, LENGTH);
    expect([1, 2, 3].every((id) => store.get(id)?.url)).toBe(true);
  });

  test("stays bounded over many tiles, and what was forgotten is fetched again", async () => {
    const store = storeOf(10 * TILE);
    await showAll(store, range(0, 50));
    expect(range(0, 50).filter((id) => store.get(id))).toEqual(range(40, 50));
    store.show([0]);
    frame();
    expect(calls[calls.length - 1].body.sample_ids).toEqual([0]);
  });
});
