import { describe, expect, it } from "vitest";
import { findSorted } from "../src/search";
import { Collection } from "../src/collection";
import { RangeColumn } from "../src/columns";
import { LocalEngine } from "../src/engine";
import { type EngineArray, keyOf } from "../src/holdings";
import { askForNews } from "../src/news";
import type { ArrayHeader, ArraySpec, Filters, Request } from "../src/protocol";
import { type Channel, RequestChannel } from "../src/requests";
import { FakeChannel } from "./channel";

const IDS = [0, 1, 2, 5];
const WEATHER = ["sunny", "rain", "sunny", null];

/** What the kernel has, as it may change. */
interface Dataset {
  revision: number;
  versions: Record<string, number>;
  temperatures: (number | null)[];
  /** Rows by temperature, descending, and those that have the tag "a". */
  order: number[];
  tagged: number[];
}

function small(): Dataset {
  return {
    revision: 7,
    versions: { sample_id: 1, temperature: 2, weather: 3, tags: 4 },
    temperatures: [10, 12, null, 20],
    order: [3, 1, 0, 2],
    tagged: [0, 1, 1, 0],
  };
}

/** Sets temperatures, after which the dataset is another one. */
function setTemperatures(dataset: Dataset, temperatures: (number | null)[], order: number[]): void {
  Object.assign(dataset, { temperatures, order });
  dataset.versions = { ...dataset.versions, temperature: ++dataset.revision };
}

function temperatureCodes(
  temperatures: (number | null)[],
  asked: number[],
): { header: ArrayHeader; codes: Uint8Array } {
  const numbers = temperatures.filter((x) => x !== null);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const own = [low, (low + high) / 2, high];
  const extra = asked.filter((edge) => edge > low && edge < high && !own.includes(edge));
  const edges = [...own, ...extra].sort((a, b) => a - b);
  const below = (x: number): number => edges.filter((edge) => edge < x).length;
  const codes = temperatures.map((x) =>
    x === null ? 2 * edges.length + 1 : 2 * below(x) + Number(edges.includes(x)),
  );
  const missing = temperatures.length - numbers.length;
  const counts = { utc: false, log: false, missing, negative_infinite: 0, positive_infinite: 0 };
  return {
    header: { kind: "range", number: "float", edges, extra, ...counts },
    codes: Uint8Array.from(codes),
  };
}

function encode(
  spec: ArraySpec,
  { temperatures, order, tagged }: Dataset,
): { header: ArrayHeader; data: Uint8Array; dtype: string } {
  if (spec.of === "ids") {
    const data = new Uint8Array(Float64Array.from(IDS).buffer);
    return { header: { kind: "rows" }, data, dtype: "float64" };
  }
  if (spec.of === "order") {
    const data = new Uint8Array(Uint32Array.from(order).buffer);
    return { header: { kind: "rows" }, data, dtype: "uint32" };
  }
  if (spec.of === "mask") {
    return { header: { kind: "mask" }, data: Uint8Array.from(tagged), dtype: "uint8" };
  }
  if (spec.key === "weather") {
    const data = Uint8Array.from(WEATHER, (w) => ["sunny", "rain", null].indexOf(w));
    return {
      header: { kind: "values", values: ["sunny", "rain"], missing: 1 },
      data,
      dtype: "uint8",
    };
  }
  const { header, codes } = temperatureCodes(temperatures, spec.extra);
  return { header, data: codes, dtype: "uint8" };
}

/** Rows from `start` up to `stop` of an array, and their bytes. */
function piece(spec: ArraySpec, dataset: Dataset, start = 0, stop = 4) {
  const { header, data, dtype } = encode(spec, dataset);
  const width = data.length / 4;
  const bytes = data.subarray(start * width, stop * width);
  return { dtype, start, stop, header: start ? null : header, bytes };
}

/**
 * Answers with at most `perMessage` rows a message, as a small kernel would, and with arrays that
 * are others now if it `brings` them.
 */
function kernel(
  perMessage = 4,
  firstId: number | null = null,
  dataset: Dataset = small(),
  brings = false,
): FakeChannel {
  return new FakeChannel((request: Request, channel) => {
    if (request.type === "ready") {
      const range = { type: "float", group: "metadata", kind: "range" };
      const columns = [
        { key: "temperature", ...range },
        { key: "weather", type: "string", group: "metadata", kind: "values" },
        { key: "tags", type: "list", group: "metadata", kind: "other" },
      ];
      const { revision, versions } = dataset;
      const present = columns.filter(({ key }) => key in versions);
      const known = { protocol: 1, name: "small", rows: 4, first_id: firstId };
      const { versions: before = {}, arrays = [] } = request;
      const buffers: Uint8Array[] = [];
      const pieces = arrays.flatMap((spec, index) => {
        const key = keyOf(spec as EngineArray);
        if (!brings || !(key in versions) || versions[key] === before[key]) return [];
        const { bytes, ...rows } = piece(spec, dataset);
        return { ...rows, index, buffer: buffers.push(bytes) - 1 };
      });
      const ok = { ...known, revision, versions, columns: present, pieces };
      return channel.receive({ reply: request.id, ok }, buffers);
    }
    if (request.type !== "arrays") return;
    const stale = request.revision !== dataset.revision;
    if (stale) return channel.receive({ reply: request.id, ok: { stale, pieces: [] } });
    const { arrays, start } = request;
    const stop = Math.min(4, start + perMessage);
    const { bytes, ...rows } = piece(arrays[0], dataset, start, stop);
    const pieces = [{ ...rows, index: 0, buffer: 0 }];
    channel.receive({ reply: request.id, ok: { stale, pieces } }, [bytes]);
  });
}

async function load(fake = kernel()): Promise<Collection> {
  const channel = new RequestChannel(fake as unknown as Channel, () => {});
  const open = async (rowCount: number): Promise<LocalEngine> =>
    new LocalEngine(rowCount, () => {});
  const events = { changed: () => {}, failed: () => {} };
  const { description } = await askForNews(channel);
  return (await Collection.load(channel, description, open, events))!;
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

describe.each([true, false])("Collection.renew by a kernel that brings arrays: %s", (brings) => {
  const SUNNY = { in: ["sunny"] };

  /** A dataset that is here with all its columns, and a way to bring it up to date. */
  async function shown() {
    const dataset = small();
    const fake = kernel(4, null, dataset, brings);
    const channel = new RequestChannel(fake as unknown as Channel, () => {});
    const collection = await load(fake);
    await collection.want(["temperature", "weather"]);
    fake.sent.length = 0;
    const renew = async (wanted?: Filters): Promise<boolean> =>
      collection.renew(
        await askForNews(channel, collection.held),
        () => wanted ?? collection.filters,
      );
    const asked = (): ArraySpec[] =>
      fake.sent.flatMap((request) => (request.type === "arrays" ? request.arrays : []));
    return { dataset, fake, collection, renew, asked };
  }

  it("asks for nothing when nothing changed", async () => {
    const { dataset, collection, renew, asked } = await shown();
    const views = collection.keyViews();
    dataset.revision++;
    expect(await renew()).toBe(true);
    expect(asked()).toEqual([]);
    expect(collection.keyViews().every((view, i) => view === views[i])).toBe(true);
  });

  it("asks for changed columns alone, and keeps what else there is", async () => {
    const { dataset, collection, renew, asked } = await shown();
    const weather = collection.keyViews()[1];
    await follow(collection, { weather: SUNNY });
    setTemperatures(dataset, [10, 12, 30, 20], [2, 3, 1, 0]);
    await renew();
    await collection.want(["temperature", "weather"]);
    expect(asked()).toEqual(brings ? [] : [{ of: "codes", key: "temperature", extra: [] }]);
    const [temperature, unchanged] = collection.keyViews();
    expect(temperature.range?.scale.edges).toEqual([10, 20, 30]);
    expect([...temperature.range!.histogram.matching].reduce((a, b) => a + b)).toBe(2);
    expect(unchanged.values?.map(({ value }) => value)).toEqual(
      weather.values?.map(({ value }) => value),
    );
    expect(ids(collection)).toEqual([0, 2]);
  });

  it("keeps filters by bounds that are no longer edges, masks and the order", async () => {
    const { dataset, collection, renew } = await shown();
    const filters = {
      temperature: { min: 12, max: null, missing: true },
      tags: { contains: "a" },
    };
    await follow(collection, filters, "-temperature");
    expect(ids(collection)).toEqual([1, 2]);
    setTemperatures(dataset, [40, 13, 11, 9], [0, 1, 2, 3]);
    Object.assign(dataset, { tagged: [1, 1, 1, 0] });
    dataset.versions = { ...dataset.versions, tags: ++dataset.revision };
    await renew();
    expect(ids(collection)).toEqual([0, 1]);
    expect([collection.filters, collection.sort]).toEqual([filters, "-temperature"]);
    const { scale } = collection.keyViews()[0].range!;
    expect(scale.binEdges).not.toContain(12);
  });

  it("changes nothing before everything is here", async () => {
    const { dataset, fake, collection, renew } = await shown();
    await follow(collection, {}, "-temperature");
    setTemperatures(dataset, [1, 2, 3, 4], [3, 2, 1, 0]);
    const seen: unknown[] = [];
    fake.watch = () => seen.push([ids(collection), collection.keyViews()[0].missing]);
    await renew();
    expect(new Set(seen.map((state) => JSON.stringify(state)))).toEqual(
      new Set([JSON.stringify([[5, 1, 0, 2], 1])]),
    );
    expect([ids(collection), collection.keyViews()[0].missing]).toEqual([[5, 2, 1, 0], 0]);
  });

  it("takes in what is asked for meanwhile", async () => {
    const { dataset, collection, renew } = await shown();
    setTemperatures(dataset, [1, 2, 3, 4], [3, 2, 1, 0]);
    const renewing = renew();
    collection.setFilter("temperature", { min: 12, max: 20, missing: false });
    const filters = { temperature: { min: 1.75, max: null, missing: false } };
    const following = follow(collection, filters, "-temperature").catch(() => {});
    await renewing;
    await following;
    await follow(collection, filters, "-temperature");
    expect(ids(collection)).toEqual([5, 2, 1]);
  });

  it.skipIf(brings)("leaves to the next one what is outdated", async () => {
    const { dataset, fake, collection, renew } = await shown();
    setTemperatures(dataset, [1, 2, 3, 4], [3, 2, 1, 0]);
    fake.watch = ({ type }) => void (dataset.revision += type === "arrays" ? 1 : 0);
    expect(await renew()).toBe(false);
    expect(collection.keyViews()[0].missing).toBe(1);
    fake.watch = () => {};
    expect(await renew()).toBe(true);
    expect(collection.keyViews()[0].missing).toBe(0);
  });

  it("forgets changed columns that nobody looks at until somebody does", async () => {
    const { dataset, collection, renew, asked } = await shown();
    await collection.want(["weather"]);
    setTemperatures(dataset, [1, 2, 3, 4], [3, 2, 1, 0]);
    await renew();
    expect(asked()).toEqual([]);
    await collection.want(["weather", "temperature"]);
    expect(collection.keyViews()[0].range?.scale.edges).toEqual([1, 2.5, 4]);
  });

  it("asks the kernel for no filter and no order that the dataset has outgrown", async () => {
    const { dataset, fake, collection, renew, asked } = await shown();
    await follow(collection, { "": { query: "old < 1" }, weather: SUNNY }, "-temperature");
    const { temperature: _, ...versions } = dataset.versions;
    Object.assign(dataset, { versions, revision: 8 });
    fake.sent.length = 0;
    expect(await renew({ "": { query: "new < 1" }, weather: SUNNY })).toBe(true);
    expect(asked()).toEqual([]);
    expect(collection.filters).toEqual({ weather: SUNNY });
  });

  it("drops the filter of a key that is gone", async () => {
    const { dataset, collection, renew } = await shown();
    await follow(collection, { temperature: { min: 12, max: 20, missing: false }, weather: SUNNY });
    const { temperature: _, ...versions } = dataset.versions;
    Object.assign(dataset, { versions, revision: 8 });
    await renew();
    expect(ids(collection)).toEqual([0, 2]);
    expect(collection.filters).toEqual({ weather: SUNNY });
  });
});

describe("findSorted", () => {
  it("finds what is there", () => {
    expect([0, 5, 3, 6].map((id) => findSorted(IDS, id))).toEqual([0, 3, -1, -1]);
    expect(findSorted([], 1)).toBe(-1);
  });
});
