import { beforeEach, describe, expect, test } from "vitest";
import type { Picture, Requests, Tile } from "../src/protocol";
import { toDataUrl, type TileQuery, TileStore } from "../src/thumbnails";

type Part = Requests["tiles"]["part"];

/** One request as the kernel sees it. */
interface Call {
  body: Requests["tiles"]["body"];
  onPart: (part: Part, buffers: DataView[]) => void;
  signal: AbortSignal;
  end: () => void;
  fail: (reason: Error) => void;
}

const QUERY: TileQuery = { size: 128, captions: ["weather"], sort: "" };

let calls: Call[];
let frames: (() => void)[];
let changes: number[][];

beforeEach(() => {
  [calls, frames, changes] = [[], [], []];
});

function storeOf(limitBytes?: number): TileStore {
  const store = new TileStore({
    fetch: (body, onPart, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("gone", "AbortError")));
        calls.push({ body, onPart, signal, end: resolve, fail: reject });
      }),
    schedule: (run) => void frames.push(run),
    changed: (sampleIds) => void changes.push(sampleIds),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  });
  store.configure(QUERY);
  return store;
}

/** Runs what was scheduled, and what that schedules. */
function frame(): void {
  while (frames.length) frames.shift()?.();
}

/** Lets promises go on, then runs the frame they asked for. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  frame();
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first }, (_, i) => first + i);
}

function tileOf(sample_id: number, caption = "sunny"): Tile {
  return { sample_id, name: `${sample_id}.jpg`, captions: [caption], sorted: null };
}

function pictureOf(sample_id: number, buffer: number): Picture {
  return { sample_id, error: null, mime: "image/jpeg", width: 4, height: 3, buffer };
}

/** Answers with texts and pictures of `byte`s; such a picture's URL is told by its byte. */
function answer({ onPart }: Call, ids: number[], byte = 0, length = 3): void {
  const buffers = ids.map(() => new DataView(new Uint8Array(length).fill(byte).buffer));
  onPart({ tiles: ids.map((id) => tileOf(id)), pictures: ids.map(pictureOf) }, buffers);
}

function urlOf(byte: number, length = 3): string {
  return toDataUrl(new DataView(new Uint8Array(length).fill(byte).buffer), "image/jpeg");
}

describe("asking", () => {
  test("what is shown goes out as one request per frame", () => {
    const store = storeOf();
    store.show([1, 2]);
    store.show([3, 1, 2]);
    expect(calls).toEqual([]);
    frame();
    expect(calls.map(({ body }) => body)).toEqual([
      { sample_ids: [3, 1, 2], size: 128, captions: ["weather"], sort: "" },
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
      captions: ["sunny"],
      sorted: null,
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

describe("asking for something else", () => {
  async function loaded(ids: number[]): Promise<TileStore> {
    const store = storeOf();
    store.show(ids);
    frame();
    answer(calls[0], ids, 1);
    calls[0].end();
    await settled();
    return store;
  }

  test("the same again changes nothing", async () => {
    const store = await loaded([1]);
    store.configure({ ...QUERY, captions: ["weather"] });
    frame();
    expect(calls).toHaveLength(1);
  });

  test("another size keeps the old picture until the new one is there", async () => {
    const store = await loaded([1]);
    store.configure({ ...QUERY, size: 256 });
    frame();
    expect(calls[1].body).toMatchObject({ sample_ids: [1], size: 256 });
    expect(store.get(1)?.url).toBe(urlOf(1));
    answer(calls[1], [1], 2);
    expect(store.get(1)?.url).toBe(urlOf(2));
  });

  test("a new size that cannot be had leaves the old picture", async () => {
    const store = await loaded([1]);
    store.configure({ ...QUERY, size: 256 });
    frame();
    calls[1].fail(new Error("kernel died"));
    await settled();
    expect(store.get(1)).toMatchObject({ url: urlOf(1), error: null });
  });

  test.each([{ captions: ["city"] }, { sort: "-temperature" }])(
    "%j fetches the texts again, of the shown at once and of others when they are shown",
    async (change) => {
      const store = await loaded([1, 2]);
      store.show([2]);
      store.configure({ ...QUERY, ...change });
      frame();
      expect(calls[1].body).toMatchObject({ sample_ids: [2], ...change });
      store.show([2, 1]);
      frame();
      expect(calls[2].body.sample_ids).toEqual([1]);
    },
  );

  test("what is on the way for the old question is aborted", () => {
    const store = storeOf();
    store.show([1]);
    frame();
    store.configure({ ...QUERY, size: 256 });
    expect(calls[0].signal.aborted).toBe(true);
    frame();
    expect(calls[1].body).toMatchObject({ sample_ids: [1], size: 256 });
  });

  test("new data fetches texts alone and keeps pictures", async () => {
    const store = await loaded([1]);
    store.invalidate();
    frame();
    expect(calls[1].body).toMatchObject({ sample_ids: [1], size: 0 });
    expect(store.get(1)).toMatchObject({ name: "1.jpg", url: urlOf(1) });
    calls[1].onPart({ tiles: [tileOf(1, "rain")], pictures: [] }, []);
    expect(store.get(1)).toMatchObject({ captions: ["rain"], url: urlOf(1) });
    calls[1].end();
    await settled();
    expect(calls).toHaveLength(2);
  });

  test("new data lets pictures come that are on the way, and brings their texts after them", async () => {
    const store = storeOf();
    store.show([1]);
    frame();
    store.invalidate();
    frame();
    expect(calls).toHaveLength(1);
    answer(calls[0], [1], 1);
    calls[0].end();
    await settled();
    expect(calls[1].body).toMatchObject({ sample_ids: [1], size: 0 });
    calls[1].fail(new Error("kernel died"));
    await settled();
    expect(store.get(1)).toMatchObject({ url: urlOf(1), error: null });
    expect(calls).toHaveLength(2);
  });

  test("texts that change all the time arrive all the time", async () => {
    const store = await loaded([1]);
    for (let i = 1; i < 5; i++) {
      store.invalidate();
      frame();
      store.invalidate();
      frame();
      expect(calls).toHaveLength(i + 1);
      calls[i].onPart({ tiles: [tileOf(1, `caption ${i}`)], pictures: [] }, []);
      expect(store.get(1)?.captions).toEqual([`caption ${i}`]);
      calls[i].end();
      await new Promise((resolve) => setTimeout(resolve));
    }
  });

  test("failed pictures are tried again when asked to", async () => {
    const store = storeOf();
    store.show([1]);
    frame();
    calls[0].fail(new Error("kernel died"));
    await settled();
    store.retry();
    frame();
    answer(calls[1], [1]);
    expect(store.get(1)).toMatchObject({ url: urlOf(0), error: null });
  });
});

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
