import { describe, expect, it } from "vitest";
import { RangeColumn } from "../../src/engine/codecolumns";
import type { WireFilters } from "../../src/protocol";
import { FakeChannel } from "../channel";
import { inForce, kernel, follow, ids, load, asked, IDS, question } from "./smallkernel";

describe("Collection", () => {
  it.each([1, 3, 4])("loads columns in pieces of %i rows", async (perMessage) => {
    const collection = await load(kernel(perMessage));
    expect([collection.name, collection.total]).toEqual(["small", 4]);
    await collection.want(["weather", "tags", "temperature"]);
    expect([...collection.columns.keys()]).toEqual(["weather", "tags", "temperature"]);
    expect(ids(collection)).toEqual(IDS);
  });

  it("shows samples before any column is here, and pulls each column once", async () => {
    const fake = kernel();
    const collection = await load(fake);
    expect(ids(collection)).toEqual(IDS);
    expect(
      collection.keyViews(collection.inForce.filters).map(({ range, values }) => range ?? values),
    ).toEqual([null, null, null]);
    await Promise.all([collection.want(["weather"]), collection.want(["weather"])]);
    expect(fake.sent.filter(({ type }) => type === "arrays")).toHaveLength(2);
    expect(
      collection.keyViews(collection.inForce.filters)[1].values?.map(({ count }) => count),
    ).toEqual([2, 1, 1]);
  });

  it("does not ask for ids that are consecutive", async () => {
    const fake = kernel(4, 3);
    const collection = await load(fake);
    expect(ids(collection)).toEqual([3, 4, 5, 6]);
    expect([2, 3, 6, 7].map((id) => collection.places.indexOf(id))).toEqual([-1, 0, 3, -1]);
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
    expect(column.scale.edges).toContain(11.5);
    expect(column.scale.steps).not.toContain(11.5);
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
    await follow(collection, inForce(collection), "-temperature");
    expect(ids(collection)).toEqual([5, 1, 0, 2]);
    collection.inForce.apply(asked({ weather: { in: ["rain"] } }));
    expect([
      collection.places.indexOf(1),
      collection.places.indexOf(5),
      collection.places.indexOf(99),
    ]).toEqual([0, -1, -1]);
    await follow(collection, inForce(collection));
    collection.inForce.apply(new Map());
    expect(ids(collection)).toEqual(IDS);
  });
});

describe("Collection.follow", () => {
  it("ends at what is wanted last, in whatever order the kernel answers", async () => {
    const fake = kernel();
    const collection = await load(fake);
    const filters = asked({
      weather: { contains: "a" },
      temperature: { min: 11.5, max: null, missing: false },
    });
    let wanted = question({ filters, sort: ["-temperature"] });
    const early = collection.follow(() => wanted);
    wanted = question();
    await Promise.all([early, collection.follow(() => wanted)]);
    expect(ids(collection)).toEqual(IDS);
    expect([inForce(collection), collection.places.reading.order]).toEqual([{}, []]);
  });
});

describe("trouble with one key", () => {
  /** A kernel that has no codes of the temperature, and no mask if `masks` is false. */
  function troubled(masks: boolean): FakeChannel {
    const sound = kernel();
    return new FakeChannel((request, channel) => {
      if (request.type === "arrays") {
        const [spec] = request.arrays;
        const isBad = "key" in spec && spec.key === "temperature";
        if (isBad && (spec.of === "codes" || !masks)) {
          const header = { kind: "error" as const, message: `no ${spec.of}` };
          const rows = { index: 0, buffer: 0, dtype: "uint8" as const, start: 0, stop: 4 };
          const ok = { stale: false, pieces: [{ ...rows, header }] };
          return channel.receive({ reply: request.id, ok }, [new Uint8Array(4)]);
        }
      }
      sound.answer(request, channel);
    });
  }

  it("is told there, and the kernel says what passes", async () => {
    const collection = await load(troubled(true));
    const filters: WireFilters = {
      temperature: { min: 11, max: null, missing: false },
      weather: { in: ["sunny", null] },
    };
    await follow(collection, filters);
    expect(ids(collection)).toEqual([2]);
    const [temperature, weather] = collection.keyViews(collection.inForce.filters);
    expect([temperature.problem, weather.problem]).toEqual(["no codes", null]);
  });

  it("leaves the filters of the others in force where nobody can tell", async () => {
    const collection = await load(troubled(false));
    await follow(collection, {
      temperature: { min: 11, max: null, missing: false },
      weather: { in: ["sunny"] },
    });
    expect(ids(collection)).toEqual([0, 2]);
    const [temperature, weather] = collection.keyViews(collection.inForce.filters);
    expect([temperature.problem, weather.problem]).toEqual(["no mask", null]);
    await follow(collection, { weather: { in: ["rain"] } });
    expect(ids(collection)).toEqual([1]);
    expect(collection.keyViews(collection.inForce.filters)[0].problem).toBe("no codes");
  });
});
