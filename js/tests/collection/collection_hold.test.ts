import { describe, expect, it } from "vitest";
import type { Collection } from "../../src/collection/collection";
import { askForUpdate } from "../../src/collection/updates";
import { type Channel, RequestChannel } from "../../src/kernel/requests";
import { asked, kernel, load, question, small } from "./smallkernel";

const WARM = { temperature: { min: 11, max: null, missing: false } };

/** Sample ids as their tiles stand. */
function placed({ places }: Collection): number[] {
  return Array.from({ length: places.result.shown }, (_, i) => places.idAt(i));
}

function moved(collection: Collection): number {
  const counting = collection.places.moved();
  let next = counting.next();
  while (!next.done) next = counting.next();
  return next.value;
}

/** A dataset of samples 0, 1, 2 and 5 that is filtered and sorted, with sections. */
async function shown() {
  const dataset = small();
  const fake = kernel(4, null, dataset, true);
  const channel = new RequestChannel(fake as unknown as Channel, () => {});
  const collection = await load(fake);
  await collection.want(["temperature", "weather"]);
  const asks = question({ filters: asked(WARM), sort: ["-temperature"] });
  await collection.follow(() => asks);
  /** A loop writes. */
  const write = async (temperatures: (number | null)[], order: number[]): Promise<void> => {
    Object.assign(dataset, { temperatures, order });
    dataset.versions = { ...dataset.versions, temperature: ++dataset.revision };
    await collection.places.hold();
    const filters = new Map(collection.inForce.filters);
    await collection.renew(await askForUpdate(channel, collection.held(filters)), () => filters);
  };
  return { collection, write };
}

describe("places that wait", () => {
  it("stay while data change, and counts do not", async () => {
    const { collection, write } = await shown();
    expect(placed(collection)).toEqual([5, 1]);
    await write([30, 0, 40, 20], [2, 0, 3, 1]);
    expect(placed(collection)).toEqual([5, 1]);
    expect(collection.places.indexOf(1)).toBe(1);
    expect(collection.engine.result.count).toBe(3);
    expect(await collection.passingAmong([5, 1])).toEqual([5]);
    expect(moved(collection)).toBe(3); // two come, one goes
    await write([30, 12, 40, 20], [2, 0, 3, 1]);
    expect([placed(collection), moved(collection)]).toEqual([[5, 1], 2]);
  });

  it("are selected by what passes now", async () => {
    const { collection, write } = await shown();
    await write([30, 0, 40, 20], [2, 0, 3, 1]);
    expect(Array.from(await collection.idsBetween(0, 2))).toEqual([5]);
    expect(Array.from(await collection.places.dueIds())).toEqual([2, 0, 5]);
  });

  it("end when told", async () => {
    const { collection, write } = await shown();
    await write([30, 0, 40, 20], [2, 0, 3, 1]);
    collection.places.letGo();
    expect(placed(collection)).toEqual([2, 0, 5]);
    expect([collection.places.held, moved(collection)]).toEqual([null, 0]);
    await write([10, 0, 40, 20], [2, 3, 0, 1]);
    expect(placed(collection)).toEqual([2, 0, 5]);
  });

  it("end with what somebody asks for, not with what is looked up", async () => {
    const { collection, write } = await shown();
    await write([30, 0, 40, 20], [2, 0, 3, 1]);
    const same = question({ filters: asked(WARM), sort: ["-temperature"] });
    await collection.follow(() => same);
    expect(placed(collection)).toEqual([5, 1]);
    await collection.follow(() => question({ sort: ["-temperature"] }), true);
    expect(placed(collection)).toEqual([2, 0, 5, 1]);
  });

  it("count sections by what is there now", async () => {
    const { collection, write } = await shown();
    const grouped = question({ filters: asked(WARM), group: "weather" });
    await collection.follow(() => grouped, true);
    const texts = () => Array.from(collection.places.result.sections!.codes, (code) => code);
    expect([texts(), [...collection.places.sectionCounts()]]).toEqual([
      [0, 2],
      [1, 1],
    ]);
    await write([30, 0, 40, 20], [2, 0, 3, 1]);
    expect([texts(), [...collection.places.sectionCounts()]]).toEqual([
      [0, 2],
      [0, 1],
    ]);
    expect(await collection.idsOf(1)).toEqual([0, 2]);
    collection.places.letGo();
    expect([texts(), [...collection.places.sectionCounts()]]).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });
});
