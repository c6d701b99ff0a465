import { describe, expect, it } from "vitest";
import type { Collection } from "../../src/collection/collection";
import type { Question } from "../../src/collection/types";
import { askForUpdate } from "../../src/collection/updates";
import type { Command } from "../../src/engine/types";
import { type Channel, RequestChannel } from "../../src/kernel/requests";
import { SampleSet } from "../../src/values/sampleset";
import { asked, ids, IDS, kernel, load, question, small } from "./smallkernel";

async function show(collection: Collection, some: Partial<Question>): Promise<void> {
  const asks = question(some);
  await collection.follow(() => asks);
}

/** Sections as they are shown: code, how many pass, how many have a tile. */
function sections({ engine }: Collection): number[][] {
  const { codes, counts, shown } = engine.result.sections!;
  return Array.from(codes, (code, i) => [code, counts[i], shown[i]]);
}

/** What the engine is told from now on, message by message. */
function told({ engine }: Collection): Command[][] {
  const messages: Command[][] = [];
  const send = engine.send.bind(engine);
  engine.send = (...commands) => {
    messages.push(commands);
    send(...commands);
  };
  return messages;
}

describe("Collection.follow", () => {
  it("shows filters, rows, order and sections together", async () => {
    const collection = await load();
    await collection.want(["tags"]);
    const messages = told(collection);
    await show(collection, {
      filters: asked({ tags: { contains: "a" } }),
      rows: SampleSet.of([0, 1, 2]),
      sort: ["-temperature"],
      group: "weather",
    });
    expect(messages).toHaveLength(1);
    expect(ids(collection)).toEqual([1, 2]);
    expect(sections(collection)).toEqual([
      [0, 1, 1],
      [1, 1, 1],
    ]);
    expect(collection.places.reading.order).toEqual(["temperature"]);
    await show(collection, {});
    expect(messages).toHaveLength(2);
    expect(ids(collection)).toEqual(IDS);
    expect(collection.engine.result.sections).toBeNull();
  });

  it("asks for what it has not, and for nothing that is here", async () => {
    const fake = kernel();
    const collection = await load(fake);
    await show(collection, { group: "weather", sort: ["-temperature"] });
    const before = fake.sent.length;
    await show(collection, { group: "weather", sort: ["-temperature"], perGroup: 1 });
    expect(ids(collection)).toEqual([1, 0, 5]);
    await show(collection, { group: "weather", sort: ["-temperature"], groupOrder: "-count" });
    expect(ids(collection)).toEqual([0, 2, 1, 5]);
    expect(fake.sent).toHaveLength(before);
  });

  it("collapses sections by their values", async () => {
    const collection = await load();
    const collapsed = new Set(['"sunny"', "null", '"of another group"']);
    await show(collection, { group: "weather", collapsed });
    expect(ids(collection)).toEqual([1]);
    expect(collection.engine.result.sections!.unfolded).toBe(4);
    expect(sections(collection).map(([, ...counts]) => counts)).toEqual([
      [1, 1],
      [2, 0],
      [1, 0],
    ]);
    expect(await collection.idsOf(1)).toEqual([0, 2]);
  });

  it("counts those that would show if all were chosen", async () => {
    const collection = await load();
    expect(collection.countWithoutRows()).toBe(4);
    await show(collection, {
      rows: SampleSet.of([1]),
      filters: asked({ weather: { in: ["sunny"] } }),
    });
    expect([ids(collection), collection.countWithoutRows()]).toEqual([[], 2]);
    expect(collection.countWithout("weather")).toBe(1);
  });

  it("gives samples near a value whatever the filter on their key is", async () => {
    const collection = await load();
    await collection.want(["temperature", "weather"]);
    await show(collection, {
      filters: asked({ temperature: { min: 20, max: 20, missing: false } }),
    });
    expect(await collection.near("temperature", 12, 5)).toEqual([1, 0, 5]);
    await show(collection, { filters: asked({ weather: { in: ["sunny"] } }) });
    expect(await collection.near("temperature", 12, 5)).toEqual([0]);
    expect(await collection.near("weather", 12, 5)).toEqual([]);
  });

  it("says why the grid cannot be grouped, and stays as it was", async () => {
    const fake = kernel();
    const collection = await load(fake);
    await show(collection, { sort: ["-temperature"] });
    fake.answer = ({ id }, channel) => channel.receive({ reply: id, error: "no such key" });
    await expect(show(collection, { group: "colour" })).rejects.toThrow("no such key");
    expect(ids(collection)).toEqual([5, 1, 0, 2]);
    expect(collection.places.reading.sections).toBeNull();
  });
});

it("sections of values that are here ask the kernel for nothing", async () => {
  const fake = kernel();
  const collection = await load(fake);
  await collection.want(["weather"]);
  const before = fake.sent.length;
  await show(collection, { group: "weather" });
  expect(fake.sent).toHaveLength(before);
  expect(sections(collection)).toEqual([
    [0, 1, 1],
    [1, 2, 2],
    [2, 1, 1],
  ]);
  const made = collection.places.reading.sections!;
  expect([0, 1, 2].map((code) => made.valueOf(code))).toEqual(["rain", "sunny", null]);
  expect(ids(collection)).toEqual([1, 0, 2, 5]);
});

it("sections are renewed with the values that they are of", async () => {
  const dataset = small();
  const fake = kernel(4, null, dataset, true);
  const collection = await load(fake);
  await show(collection, { group: "weather", collapsed: new Set(["null"]) });
  const channel = new RequestChannel(fake as unknown as Channel, () => {});
  dataset.revision++;
  dataset.versions = { ...dataset.versions, weather: dataset.revision };
  const messages = told(collection);
  expect(collection.held(new Map()).arrays).toContainEqual({ of: "sections", group: "weather" });
  const update = await askForUpdate(channel, collection.held(new Map()));
  expect(update.arrays.map(([spec]) => spec.of)).toContain("sections");
  await collection.renew(update, () => new Map());
  expect(messages.flat().map((command) => command.do)).toContain("sections");
  expect(ids(collection)).toEqual([1, 0, 2]);
});
