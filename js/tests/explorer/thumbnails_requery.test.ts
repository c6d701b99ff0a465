import { describe, expect, test } from "vitest";
import { TileStore } from "../../src/explorer/thumbnails";
import { answer, frame, QUERY, tileOf, urlOf, calls, settled, storeOf } from "./tilestore";

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

  test.each([{ captions: ["city"] }, { sort: ["-temperature", "blur"] }])(
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

  /** The caption of a tile. */
  const caption = (store: TileStore, id: number) => store.get(id)?.values.get("weather");

  test("new data fetches texts alone, which are shown with it, and keeps pictures", async () => {
    const store = await loaded([1]);
    const preparing = store.prepare(2);
    expect(calls[1].body).toMatchObject({ sample_ids: [1], size: 0, revision: 2 });
    calls[1].onPart({ tiles: [tileOf(1, "rain")], pictures: [] }, []);
    calls[1].end();
    const show = await preparing;
    expect(caption(store, 1)).toBe("sunny");
    show();
    expect(store.get(1)).toMatchObject({ name: "1.jpg", url: urlOf(1) });
    expect(caption(store, 1)).toBe("rain");
    frame();
    expect(calls).toHaveLength(2);
  });

  test("values of the data before are not shown beside those of now", async () => {
    const store = await loaded([1, 2]);
    store.show([1]);
    const preparing = store.prepare(2);
    calls[1].end();
    (await preparing)();
    store.show([1, 2]);
    expect([caption(store, 1), caption(store, 2)]).toEqual([undefined, undefined]);
    expect(store.get(2)).toMatchObject({ name: "2.jpg", url: urlOf(1) });
    frame();
    expect(calls[2].body).toMatchObject({ sample_ids: [1, 2], size: 0, revision: 2 });
    calls[2].onPart({ tiles: [tileOf(1, "rain"), tileOf(2, "fog")], pictures: [] }, []);
    expect([caption(store, 1), caption(store, 2)]).toEqual(["rain", "fog"]);
  });

  test("what is known goes on standing under its own key", async () => {
    const store = await loaded([1]);
    store.configure({ ...QUERY, captions: ["city", "weather"], sort: ["-blur"] });
    expect(store.get(1)?.values).toEqual(new Map([["weather", "sunny"]]));
    frame();
    const tile = { sample_id: 1, name: "1.jpg", captions: ["Bern", "rain"], sorted: [0.5] };
    calls[1].onPart({ tiles: [tile], pictures: [] }, []);
    expect(store.get(1)?.values).toEqual(
      new Map<string, unknown>([
        ["weather", "rain"],
        ["city", "Bern"],
        ["blur", 0.5],
      ]),
    );
  });

  test("new data lets pictures come that are on the way, and brings their texts after them", async () => {
    const store = storeOf();
    store.show([1]);
    frame();
    const preparing = store.prepare(2);
    calls[1].fail(new Error("kernel died"));
    (await preparing)();
    frame();
    expect(calls).toHaveLength(2);
    answer(calls[0], [1], 1);
    calls[0].end();
    await settled();
    expect(calls[2].body).toMatchObject({ sample_ids: [1], size: 0, revision: 2 });
    expect(caption(store, 1)).toBeUndefined();
    calls[2].fail(new Error("kernel died"));
    await settled();
    expect(store.get(1)).toMatchObject({ url: urlOf(1), error: null });
    expect(calls).toHaveLength(3);
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
