import { describe, expect, it } from "vitest";
import { askForUpdate } from "../../src/collection/updates";
import type { Filters } from "../../src/values/conditions";
import type { ArraySpec, WireFilters } from "../../src/protocol";
import { type Channel, RequestChannel } from "../../src/kernel/requests";
import { inForce, type Dataset, kernel, small, follow, ids, load, asked, IDS } from "./smallkernel";

/** Sets temperatures, after which the dataset is another one. */
function setTemperatures(dataset: Dataset, temperatures: (number | null)[], order: number[]): void {
  Object.assign(dataset, { temperatures, order });
  dataset.versions = { ...dataset.versions, temperature: ++dataset.revision };
}

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
    const renew = async (wanted?: WireFilters): Promise<boolean> => {
      const filters = wanted ? asked(wanted) : new Map(collection.inForce.filters);
      return collection.renew(await askForUpdate(channel, collection.held(filters)), () => filters);
    };
    const pulled = (): ArraySpec[] =>
      fake.sent.flatMap((request) => (request.type === "arrays" ? request.arrays : []));
    return { dataset, fake, collection, renew, pulled };
  }

  it("asks for nothing when nothing changed", async () => {
    const { dataset, collection, renew, pulled } = await shown();
    const views = collection.keyViews(collection.inForce.filters);
    dataset.revision++;
    expect(await renew()).toBe(true);
    expect(pulled()).toEqual([]);
    expect(
      collection.keyViews(collection.inForce.filters).every((view, i) => view === views[i]),
    ).toBe(true);
  });

  it("asks for changed columns alone, and keeps what else there is", async () => {
    const { dataset, collection, renew, pulled } = await shown();
    const weather = collection.keyViews(collection.inForce.filters)[1];
    await follow(collection, { weather: SUNNY });
    setTemperatures(dataset, [10, 12, 30, 20], [2, 3, 1, 0]);
    await renew();
    await collection.want(["temperature", "weather"]);
    expect(pulled()).toEqual(brings ? [] : [{ of: "codes", key: "temperature", extra: [] }]);
    const [temperature, unchanged] = collection.keyViews(collection.inForce.filters);
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
    expect([inForce(collection), collection.places.reading.order]).toEqual([
      filters,
      ["temperature"],
    ]);
    const { scale } = collection.keyViews(collection.inForce.filters)[0].range!;
    expect(scale.binEdges).not.toContain(12);
  });

  it("changes nothing before everything is here", async () => {
    const { dataset, fake, collection, renew } = await shown();
    await follow(collection, {}, "-temperature");
    setTemperatures(dataset, [1, 2, 3, 4], [3, 2, 1, 0]);
    const seen: unknown[] = [];
    fake.watch = () =>
      seen.push([ids(collection), collection.keyViews(collection.inForce.filters)[0].missing]);
    await renew();
    expect(new Set(seen.map((state) => JSON.stringify(state)))).toEqual(
      new Set([JSON.stringify([[5, 1, 0, 2], 1])]),
    );
    expect([ids(collection), collection.keyViews(collection.inForce.filters)[0].missing]).toEqual([
      [5, 2, 1, 0],
      0,
    ]);
  });

  it("takes in what is asked for meanwhile", async () => {
    const { dataset, collection, renew } = await shown();
    setTemperatures(dataset, [1, 2, 3, 4], [3, 2, 1, 0]);
    const renewing = renew();
    collection.inForce.apply(asked({ temperature: { min: 12, max: 20, missing: false } }));
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
    expect(collection.keyViews(collection.inForce.filters)[0].missing).toBe(1);
    fake.watch = () => {};
    expect(await renew()).toBe(true);
    expect(collection.keyViews(collection.inForce.filters)[0].missing).toBe(0);
  });

  it("forgets changed columns that nobody looks at until somebody does", async () => {
    const { dataset, collection, renew, pulled } = await shown();
    await collection.want(["weather"]);
    setTemperatures(dataset, [1, 2, 3, 4], [3, 2, 1, 0]);
    await renew();
    expect(pulled()).toEqual([]);
    await collection.want(["weather", "temperature"]);
    expect(collection.keyViews(collection.inForce.filters)[0].range?.scale.edges).toEqual([
      1, 2.5, 4,
    ]);
  });

  it("asks the kernel for no filter and no order that the dataset has outgrown", async () => {
    const { dataset, fake, collection, renew, pulled } = await shown();
    await follow(collection, { "": { query: "old < 1" }, weather: SUNNY }, "-temperature");
    const { temperature: _, ...versions } = dataset.versions;
    Object.assign(dataset, { versions, revision: 8 });
    fake.sent.length = 0;
    expect(await renew({ "": { query: "new < 1" }, weather: SUNNY })).toBe(true);
    expect(pulled()).toEqual([]);
    expect(inForce(collection)).toEqual({ weather: SUNNY });
  });

  it("drops the filter of a key that is gone", async () => {
    const { dataset, collection, renew } = await shown();
    await follow(collection, { temperature: { min: 12, max: 20, missing: false }, weather: SUNNY });
    const { temperature: _, ...versions } = dataset.versions;
    Object.assign(dataset, { versions, revision: 8 });
    await renew();
    expect(ids(collection)).toEqual([0, 2]);
    expect(inForce(collection)).toEqual({ weather: SUNNY });
  });
});

describe("a thumb that is held", () => {
  async function held() {
    const dataset = small();
    const fake = kernel(4, null, dataset);
    const channel = new RequestChannel(fake as unknown as Channel, () => {});
    const collection = await load(fake);
    await collection.want(["temperature"]);
    collection.hold("temperature", true);
    const renew = (filters: Filters) => async () =>
      collection.renew(await askForUpdate(channel, collection.held(filters)), () => filters);
    return { dataset, collection, renew };
  }

  it("keeps its scale while the data changes, and all its steps are exact", async () => {
    const { dataset, collection, renew } = await held();
    const filters = asked({ temperature: { min: 15, max: null, missing: false } });
    collection.inForce.apply(filters);
    setTemperatures(dataset, [10, 14, 16, 90], [3, 2, 1, 0]);
    await renew(filters)();
    const [{ range }] = collection.keyViews(filters);
    expect(range?.axis.steps).toEqual([10, 15, 20]);
    expect(range?.scale.steps).toEqual([10, 50, 90]);
    expect(ids(collection)).toEqual([2, 5]);
    // Whatever step it goes to on the old scale, nothing has to be asked.
    for (const [min, passing] of [
      [10, IDS],
      [20, [5]],
      [15, [2, 5]],
    ] as const) {
      const moved = asked({ temperature: { min, max: null, missing: false } });
      expect(collection.inForce.apply(moved)).toBe(true);
      expect(ids(collection)).toEqual(passing);
    }
    collection.hold("temperature", false);
    expect(collection.keyViews(filters)[0].range?.axis.steps).toEqual([10, 50, 90]);
  });
});
