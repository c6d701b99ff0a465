import { describe, expect, it } from "vitest";
import type { Content } from "../../src/kernel/requests";
import type { Request, Traits } from "../../src/protocol";
import { sortRows } from "../../src/saved/orders";
import { encodeRange, encodeValues } from "../../src/saved/savedarrays";
import { SavedKernel, type SavedData } from "../../src/saved/kernel";
import { SavedModel } from "../../src/saved/model";
import { type Comparable, SavedTable } from "../../src/saved/table";

const TABLE = new SavedTable(
  [0, 1, 2, 5],
  [
    { key: "score", type: "float", values: [0.5, "inf", null, "-inf"] },
    { key: "big", type: "integer", values: ["9007199254740993", 7, "9007199254740992", null] },
    { key: "day", type: "datetime", values: ["2024-05-01T00:00:00.000001", null, null, null] },
    { key: "gps", type: "dict", values: [{ lat: 1.5 }, { lat: "x" }, null, { lat: { deep: 2 } }] },
    { key: "gps.lat.deep", type: "integer", values: [9, null, null, null] },
  ],
);

describe("SavedTable", () => {
  it("knows infinities, large integers and datetimes for what they are", () => {
    expect(TABLE.comparables("score")).toEqual([0.5, Infinity, null, -Infinity]);
    expect(TABLE.comparables("big")).toEqual([9007199254740993n, 7, 9007199254740992n, null]);
    expect(TABLE.comparables("day")[0]).toBe(1714521600000001);
  });

  it("follows paths to numbers, after keys of that very name", () => {
    expect(TABLE.comparables("gps.lat")).toEqual([1.5, null, null, null]);
    expect(TABLE.comparables("gps.lat.deep")).toEqual([9, null, null, null]);
    expect(TABLE.value("nothing", 0)).toBe(null);
  });

  it("finds rows by id", () => {
    expect([TABLE.row(5), TABLE.row(4)]).toEqual([3, undefined]);
  });
});

describe("arrays", () => {
  it("codes count edges below and on a value", () => {
    const codes = encodeRange([-Infinity, 1, 1.5, 2, 7, Infinity, null], [1, 2, 7]);
    expect([...codes]).toEqual([0, 1, 2, 3, 5, 6, 7]);
  });

  it("what is in no list of values is missing", () => {
    expect([...encodeValues(["b", null, "a"], ["a", "b"])]).toEqual([1, 2, 0]);
  });

  it("sorting leaves ties in order and missing last, both ways", () => {
    const values = [2, null, 1, 2, null, 3];
    expect(sorted(values)).toEqual([2, 0, 3, 5, 1, 4]);
    expect(sorted(values, true)).toEqual([5, 0, 3, 2, 1, 4]);
  });

  it("text is sorted by code points", () => {
    expect(sorted(["\u{1f600}", "\uffee", "b", "ba", "B"])).toEqual([4, 2, 3, 1, 0]);
  });

  it("integers beyond 2**53 are told apart", () => {
    expect(sorted(TABLE.comparables("big"))).toEqual([1, 2, 0, 3]);
  });
});

function sorted(values: Comparable[], descending = false): number[] {
  return [...sortRows(values.length, [{ values, descending }])];
}

const DATA: SavedData = {
  traits: { sort: "", height: 640 } as Traits,
  description: { name: "saved", rows: 2 } as SavedData["description"],
  ids: [3, 8],
  fields: ["file_name"],
  columns: [
    { key: "file_name", type: "string", values: ["a.jpg", "b.jpg"] },
    { key: "note", type: "string", values: ["A Dog", null] },
    { key: "tags", type: "list", values: [["x"], ["y", true]] },
    { key: "big", type: "integer", values: ["9007199254740993", null] },
  ],
  headers: {},
  masks: { note: { condition: { contains: "cat" }, rows: [1] } },
  pictures: { 3: { mime: "image/png", width: 1, height: 2, data: "AQI=" }, 8: { error: "broken" } },
  notice: "something is left out",
};

describe("SavedKernel", () => {
  const kernel = new SavedKernel(DATA);
  const mask = (key: string, condition: object) => {
    const spec = { of: "mask", key, condition } as never;
    const body = { revision: 0, arrays: [spec], start: 0 };
    return [...(kernel.answer({ id: "1", type: "arrays", ...body }).buffers[0] as Uint8Array)];
  };

  it("gives tiles with their pictures, or the reason for none", () => {
    const body = { sample_ids: [8, 3], size: 128, captions: ["note"], sort: "-file_name" };
    const { part, buffers } = kernel.answer({ id: "1", type: "tiles", ...body });
    expect(part).toMatchObject({
      tiles: [
        { sample_id: 8, name: "b.jpg", captions: [null], sorted: ["b.jpg"] },
        { sample_id: 3, name: "a.jpg", captions: ["A Dog"], sorted: ["a.jpg"] },
      ],
      pictures: [{ error: "broken" }, { error: null, height: 2, buffer: 0 }],
    });
    expect(buffers).toEqual([Uint8Array.of(1, 2)]);
  });

  it("lists what a sample has", () => {
    const { ok } = kernel.answer({ id: "1", type: "sample", sample_id: 8 });
    expect(ok).toEqual({
      fields: [
        ["sample_id", 8],
        ["file_name", "b.jpg"],
      ],
      metadata: [["tags", "list", ["y", true]]],
    });
  });

  it("looks into texts and lists", () => {
    expect(mask("note", { contains: "dog" })).toEqual([1, 0]);
    expect(mask("tags", { contains: true })).toEqual([0, 1]);
  });

  it("compares integers that no double holds", () => {
    const within = (min: unknown, max: unknown, missing = false) =>
      mask("big", { min, max, missing });
    expect(within("9007199254740993", null)).toEqual([1, 0]);
    expect(within("9007199254740994", null, true)).toEqual([0, 1]);
    expect(within(7, "9007199254740992")).toEqual([0, 0]);
  });

  it("takes what the kernel had evaluated", () => {
    expect(mask("note", { contains: "cat" })).toEqual([0, 1]);
  });

  it("says so when only the kernel can evaluate a filter", () => {
    expect(() => mask("", { query: "a > b" })).toThrow("needs the kernel");
  });
});

describe("SavedModel", () => {
  it("tells of traits that change, and answers later", async () => {
    const model = new SavedModel(DATA);
    const heard: Content[] = [];
    let changes = 0;
    const stop = () => changes++;
    model.on("change:sort", stop);
    model.set("sort", "note");
    model.off("change:sort", stop);
    model.set("sort", "");
    expect(changes).toBe(1);
    model.on("msg:custom", (content: Content) => heard.push(content));
    model.send({ id: "7", type: "ready" } as Request);
    expect(heard).toEqual([]);
    await expect.poll(() => heard.length).toBe(2);
    expect(heard).toEqual([
      { reply: "7", ok: { ...DATA.description, pieces: [] } },
      { push: "notice", message: "something is left out", problem: false },
    ]);
  });
});
