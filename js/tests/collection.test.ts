import { describe, expect, it } from "vitest";
import { findSorted } from "../src/answer";
import { Collection } from "../src/collection";
import { RangeColumn } from "../src/columns";
import { LocalEngine } from "../src/engine";
import type { ArrayHeader, ArraySpec, Filters, Request } from "../src/protocol";
import { type Channel, RequestChannel } from "../src/requests";
import { FakeChannel } from "./channel";

const IDS = [0, 1, 2, 5];
const TEMPERATURES = [10, 12, null, 20];
const WEATHER = ["sunny", "rain", "sunny", null];

function temperatureCodes(extra: number[]): { header: ArrayHeader; codes: Uint8Array } {
  const edges = [...new Set([10, 15, 20, ...extra])].sort((a, b) => a - b);
  const below = (x: number): number => edges.filter((edge) => edge < x).length;
  const codes = TEMPERATURES.map((x) =>
    x === null ? 2 * edges.length + 1 : 2 * below(x) + Number(edges.includes(x)),
  );
  const counts = { utc: false, log: false, missing: 1, negative_infinite: 0, positive_infinite: 0 };
  return {
    header: { kind: "range", number: "float", edges, ...counts },
    codes: Uint8Array.from(codes),
  };
}

function encode(spec: ArraySpec): { header: ArrayHeader; data: Uint8Array; dtype: string } {
  if (spec.of === "ids") {
    const data = new Uint8Array(Float64Array.from(IDS).buffer);
    return { header: { kind: "rows" }, data, dtype: "float64" };
  }
  if (spec.of === "order") {
    const data = new Uint8Array(Uint32Array.from([3, 1, 0, 2]).buffer);
    return { header: { kind: "rows" }, data, dtype: "uint32" };
  }
  if (spec.of === "mask") {
    return { header: { kind: "mask" }, data: Uint8Array.of(0, 1, 1, 0), dtype: "uint8" };
  }
  if (spec.key === "weather") {
    const data = Uint8Array.from(WEATHER, (w) => ["sunny", "rain", null].indexOf(w));
    return {
      header: { kind: "values", values: ["sunny", "rain"], missing: 1 },
      data,
      dtype: "uint8",
    };
  }
  const { header, codes } = temperatureCodes(spec.extra);
  return { header, data: codes, dtype: "uint8" };
}

/** Answers with at most `perMessage` rows a message, as a small kernel would. */
function kernel(perMessage = 4, firstId: number | null = null): FakeChannel {
  return new FakeChannel((request: Request, channel) => {
    if (request.type === "ready") {
      const range = { type: "float", group: "metadata", kind: "range" };
      const columns = [
        { key: "temperature", ...range },
        { key: "weather", type: "string", group: "metadata", kind: "values" },
        { key: "tags", type: "list", group: "metadata", kind: "other" },
      ];
      const ok = { protocol: 1, name: "small", revision: 7, rows: 4, first_id: firstId, columns };
      return channel.receive({ reply: request.id, ok });
    }
    if (request.type !== "arrays") return;
    const { header, data, dtype } = encode(request.arrays[0]);
    const width = data.length / 4;
    const { start } = request;
    const stop = Math.min(4, start + perMessage);
    const piece = { index: 0, dtype, start, stop, header: start ? null : header, buffer: 0 };
    const stale = request.revision !== 7;
    channel.receive({ reply: request.id, ok: { stale, pieces: [piece] } }, [
      data.subarray(start * width, stop * width),
    ]);
  });
}

async function load(fake = kernel()): Promise<Collection> {
  const channel = new RequestChannel(fake as unknown as Channel, () => {});
  const open = async (rowCount: number): Promise<LocalEngine> =>
    new LocalEngine(rowCount, () => {});
  return (await Collection.load(channel, open, { changed: () => {}, failed: () => {} }))!;
}

async function follow(collection: Collection, filters: Filters, sort = ""): Promise<void> {
  await collection.follow(() => ({ filters, sort }));
}

function ids(collection: Collection): number[] {
  return Array.from({ length: collection.engine.answer.count }, (_, i) => collection.idAt(i));
}

describe("Collection", () => {
  it.each([1, 3, 4])("loads columns in pieces of %i rows", async (perMessage) => {
    const collection = await load(kernel(perMessage));
    expect([collection.name, collection.total]).toEqual(["small", 4]);
    await collection.want(["weather", "tags", "temperature"]);
    expect([...collection.columns.keys()]).toEqual(["weather", "temperature"]);
    expect(ids(collection)).toEqual(IDS);
  });

  it("shows samples before any column is here, and pulls each column once", async () => {
    const fake = kernel();
    const collection = await load(fake);
    expect(ids(collection)).toEqual(IDS);
    expect(collection.keyViews().map(({ range, values }) => range ?? values)).toEqual([
      null,
      null,
      null,
    ]);
    await Promise.all([collection.want(["weather"]), collection.want(["weather"])]);
    expect(fake.sent.filter(({ type }) => type === "arrays")).toHaveLength(2);
    expect(collection.keyViews()[1].values?.map(({ count }) => count)).toEqual([2, 1, 1]);
  });

  it("does not ask for ids that are consecutive", async () => {
    const fake = kernel(4, 3);
    const collection = await load(fake);
    expect(ids(collection)).toEqual([3, 4, 5, 6]);
    expect([2, 3, 6, 7].map((id) => collection.indexOf(id))).toEqual([-1, 0, 3, -1]);
    expect(fake.sent).toHaveLength(1);
  });

  it("filters by what the codes can say, without asking", async () => {
    const fake = kernel();
    const collection = await load(fake);
    await collection.want(["temperature", "weather"]);
    const asked = fake.sent.length;
    await follow(collection, {
      temperature: { min: 15, max: 20, missing: true },
      weather: { in: ["sunny", null] },
    });
    expect(ids(collection)).toEqual([2, 5]);
    expect(fake.sent).toHaveLength(asked);
  });

  it("asks for an edge that it lacks", async () => {
    const collection = await load();
    await follow(collection, { temperature: { min: 11.5, max: null, missing: false } });
    expect(ids(collection)).toEqual([1, 5]);
    const column = collection.columns.get("temperature") as RangeColumn;
    const { low } = column.thumbs(collection.filters.temperature);
    expect(column.scale.edges[low]).toBe(11.5);
  });

  it("asks for a mask where the key has no codes, and forgets it with the filter", async () => {
    const collection = await load();
    await follow(collection, { tags: { contains: "a" } });
    expect(ids(collection)).toEqual([1, 2]);
    await follow(collection, {});
    expect(ids(collection)).toEqual(IDS);
  });

  it("follows a filter that changes its kind", async () => {
    const collection = await load();
    await follow(collection, { weather: { contains: "a" } });
    expect(ids(collection)).toEqual([1, 2]);
    await follow(collection, { weather: { in: ["rain"] } });
    expect(ids(collection)).toEqual([1]);
  });

  it("sorts, and finds samples in the grid", async () => {
    const collection = await load();
    await collection.want(["weather"]);
    await follow(collection, collection.filters, "-temperature");
    expect(ids(collection)).toEqual([5, 1, 0, 2]);
    collection.setFilter("weather", { in: ["rain"] });
    expect([collection.indexOf(1), collection.indexOf(5), collection.indexOf(99)]).toEqual([
      0, -1, -1,
    ]);
    await follow(collection, collection.filters, "");
    collection.setFilter("weather", null);
    expect(ids(collection)).toEqual(IDS);
  });
});

describe("Collection.follow", () => {
  it("ends at what is wanted last, in whatever order the kernel answers", async () => {
    const fake = kernel();
    const collection = await load(fake);
    let wanted: { filters: Filters; sort: string } = {
      filters: {
        weather: { contains: "a" },
        temperature: { min: 11.5, max: null, missing: false },
      },
      sort: "-temperature",
    };
    const early = collection.follow(() => wanted);
    wanted = { filters: {}, sort: "" };
    await Promise.all([early, collection.follow(() => wanted)]);
    expect(ids(collection)).toEqual(IDS);
    expect([collection.filters, collection.sort]).toEqual([{}, ""]);
  });
});

describe("findSorted", () => {
  it("finds what is there", () => {
    expect([0, 5, 3, 6].map((id) => findSorted(IDS, id))).toEqual([0, 3, -1, -1]);
    expect(findSorted([], 1)).toBe(-1);
  });
});
