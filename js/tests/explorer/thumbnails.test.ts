import { describe, expect, test } from "vitest";
import { toDataUrl } from "../../src/explorer/dataurl";
import { TileStore } from "../../src/explorer/thumbnails";
import {
  frames,
  answer,
  frame,
  tileOf,
  urlOf,
  pictureOf,
  calls,
  changes,
  settled,
  storeOf,
  range,
} from "./tilestore";

describe("asking", () => {
  test("what is shown goes out as one request per frame", () => {
    const store = storeOf();
    store.show([1, 2]);
    store.show([3, 1, 2]);
    expect(calls).toEqual([]);
    frame();
    expect(calls.map(({ body }) => body)).toEqual([
      { sample_ids: [3, 1, 2], size: 128, captions: ["weather"], sort: "", revision: 1 },
    ]);
  });

  test("what is on the way or here is not asked for again", async () => {
    const store = storeOf();
    store.show([1, 2]);
    frame();
    store.show([1, 2, 3]);
    frame();
    expect(calls[1].body.sample_ids).toEqual([3]);
    answer(calls[0], [1, 2]);
    answer(calls[1], [3]);
    calls.forEach(({ end }) => end());
    await settled();
    store.show([3, 2, 1]);
    frame();
    expect(calls).toHaveLength(2);
  });

  test("two requests are in flight at most, and the newest go next", async () => {
    const store = storeOf();
    for (const ids of [[1], [1, 2], [1, 2, 3], [4, 1, 2, 3]]) {
      store.show(ids);
      frame();
    }
    expect(calls.map(({ body }) => body.sample_ids)).toEqual([[1], [2]]);
    answer(calls[0], [1]);
    calls[0].end();
    await settled();
    expect(calls[2].body.sample_ids).toEqual([4, 3]);
  });

  test("a large screen is asked for in several requests, the most wanted first", () => {
    const store = storeOf();
    store.show(range(0, 300));
    frame();
    expect(calls.map(({ body }) => body.sample_ids)).toEqual([range(0, 128), range(128, 256)]);
  });

  test("before it is told what to ask for it asks nothing", () => {
    const store = new TileStore({
      fetch: () => Promise.reject(new Error("asked")),
      schedule: (run) => void frames.push(run),
      changed: () => {},
    });
    store.show([1]);
    frame();
    expect(store.get(1)).toBeUndefined();
  });
});

describe("scrolling away", () => {
  test("aborts what nobody waits for", () => {
    const store = storeOf();
    store.show([1, 2, 3]);
    frame();
    store.show([4, 5, 6]);
    frame();
    expect(calls[0].signal.aborted).toBe(true);
    expect(calls[1].body.sample_ids).toEqual([4, 5, 6]);
  });

  test("keeps what at least half of is still waited for", () => {
    const store = storeOf();
    store.show([1, 2, 3, 4]);
    frame();
    store.show([3, 4, 5, 6]);
    frame();
    expect(calls[0].signal.aborted).toBe(false);
    expect(calls[1].body.sample_ids).toEqual([5, 6]);
  });

  test("asks again for what an aborted request still owed", () => {
    const store = storeOf();
    store.show([1, 2, 3, 4]);
    frame();
    answer(calls[0], [1]);
    store.show([4, 5]);
    frame();
    expect(calls[0].signal.aborted).toBe(true);
    expect(calls[1].body.sample_ids).toEqual([4, 5]);
  });

  test("makes late parts of an aborted request unheard", async () => {
    const store = storeOf();
    store.show([1]);
    frame();
    store.show([2]);
    frame();
    answer(calls[0], [1]);
    await settled();
    expect(store.get(1)).toBeUndefined();
    expect(changes).toEqual([]);
  });
});

describe("what came", () => {
  test("is shown as it comes: texts, then pictures", () => {
    const store = storeOf();
    store.show([1, 2]);
    frame();
    calls[0].onPart({ tiles: [tileOf(1), tileOf(2)], pictures: [] }, []);
    expect(store.get(1)).toEqual({
      name: "1.jpg",
      values: new Map([["weather", "sunny"]]),
      url: null,
      error: null,
    });
    calls[0].onPart({ tiles: [], pictures: [pictureOf(2, 0)] }, [
      new DataView(new Uint8Array(3).buffer),
    ]);
    expect(store.get(2)?.url).toBe(urlOf(0));
    expect(changes).toEqual([[1, 2], [2]]);
  });

  test("stays the same object until it changes", () => {
    const store = storeOf();
    store.show([1, 2]);
    frame();
    answer(calls[0], [1]);
    const before = store.get(1);
    store.show([2, 1]);
    answer(calls[0], [2]);
    expect(store.get(1)).toBe(before);
  });

  test("names the error of a picture", () => {
    const store = storeOf();
    store.show([1]);
    frame();
    const picture = { ...pictureOf(1, 0), error: "the file is gone" };
    calls[0].onPart({ tiles: [tileOf(1)], pictures: [picture] }, []);
    expect(store.get(1)).toMatchObject({ url: null, error: "the file is gone" });
  });

  test("names the reason when the request fails, once", async () => {
    const store = storeOf();
    store.show([1, 2]);
    frame();
    answer(calls[0], [1]);
    calls[0].fail(new Error("kernel died"));
    await settled();
    expect(store.get(1)?.error).toBeNull();
    expect(store.get(2)?.error).toBe("kernel died");
    store.show([1, 2]);
    frame();
    expect(calls).toHaveLength(1);
  });

  test("may lack a picture without being asked for again", async () => {
    const store = storeOf();
    store.show([1]);
    frame();
    calls[0].onPart({ tiles: [tileOf(1)], pictures: [] }, []);
    calls[0].end();
    await settled();
    expect(store.get(1)).toMatchObject({ name: "1.jpg", error: "no picture came" });
    expect(calls).toHaveLength(1);
  });
});

test("closing aborts and says nothing more", async () => {
  const store = storeOf();
  store.show([1]);
  frame();
  store.close();
  expect(calls[0].signal.aborted).toBe(true);
  answer(calls[0], [1]);
  await settled();
  store.show([2]);
  frame();
  expect(calls).toHaveLength(1);
  expect(changes).toEqual([]);
});

describe("data URLs", () => {
  test("hold the bytes of the view, not of its whole buffer", () => {
    const bytes = new TextEncoder().encode("..framegrid..");
    expect(toDataUrl(new DataView(bytes.buffer, 2, 9), "image/png")).toBe(
      "data:image/png;base64,ZnJhbWVncmlk",
    );
  });

  test("hold any number of bytes", () => {
    const bytes = Uint8Array.from({ length: 200_001 }, (_, i) => i % 251);
    const url = toDataUrl(new DataView(bytes.buffer), "image/png");
    const binary = atob(url.slice("data:image/png;base64,".length));
    expect(binary.length).toBe(bytes.length);
    expect(bytes.every((byte, i) => byte === binary.charCodeAt(i))).toBe(true);
  });
});

describe("pictures beside the grid", () => {
  test("do not wait for tiles, nor keep them from coming, and any size will do", async () => {
    const store = storeOf();
    for (const ids of [[1], [1, 2], [1, 2, 3]]) {
      store.show(ids);
      frame();
    }
    store.showBeside([9, 8, 1], 256);
    frame();
    expect(calls.map(({ body }) => body.sample_ids)).toEqual([[1], [2], [9, 8]]);
    expect(calls[2].body).toMatchObject({ size: 256, captions: [], sort: "" });
    answer(calls[2], [9, 8], 5);
    calls[2].end();
    await settled();
    expect(store.get(9)).toMatchObject({ name: "9.jpg", url: urlOf(5) });
    expect(calls).toHaveLength(3);
    store.showBeside([9, 8], 512);
    frame();
    expect(calls).toHaveLength(3);
  });

  test("are no longer fetched when others are wanted, while tiles are", () => {
    const store = storeOf();
    store.show([1]);
    store.showBeside([9, 8], 128);
    frame();
    store.showBeside([7], 128);
    frame();
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
    expect(calls[2].body.sample_ids).toEqual([7]);
  });

  test("have their texts fetched when they become tiles, and a failure keeps none away", async () => {
    const store = storeOf();
    store.showBeside([9], 256);
    frame();
    calls[0].fail(new Error("kernel died"));
    await settled();
    expect(store.get(9)).toMatchObject({ url: null, error: "kernel died" });
    store.show([9]);
    frame();
    expect(calls[1].body).toMatchObject({ sample_ids: [9], size: 128, captions: ["weather"] });
  });
});
