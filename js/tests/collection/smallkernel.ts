/** A kernel with a small dataset that may change, and a collection of it. */

import { Collection } from "../../src/collection/collection";
import { LocalEngine } from "../../src/engine/engine";
import type { EngineArray, Question } from "../../src/collection/types";
import { keysOf } from "../../src/collection/arrays";
import { askForUpdate } from "../../src/collection/updates";
import { fromWire, toWire } from "../../src/values/conditions";
import type { ArrayHeader, ArraySpec, Request, WireFilters } from "../../src/protocol";
import { type Channel, RequestChannel } from "../../src/kernel/requests";
import { FakeChannel } from "../channel";

export const IDS = [0, 1, 2, 5];

export const WEATHER = ["sunny", "rain", "sunny", null];

/** What the kernel has, as it may change. */
export interface Dataset {
  revision: number;
  versions: Record<string, number>;
  temperatures: (number | null)[];
  /** Rows by temperature, descending, and those that have the tag "a". */
  order: number[];
  tagged: number[];
}

export function small(): Dataset {
  return {
    revision: 7,
    versions: { sample_id: 1, temperature: 2, weather: 3, tags: 4 },
    temperatures: [10, 12, null, 20],
    order: [3, 1, 0, 2],
    tagged: [0, 1, 1, 0],
  };
}

export function temperatureCodes(
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
  const counts = {
    utc: false,
    log: false,
    knee: null,
    missing,
    negative_infinite: 0,
    positive_infinite: 0,
  };
  return {
    header: { kind: "range", number: "float", edges, extra, ...counts },
    codes: Uint8Array.from(codes),
  };
}

export function encode(
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
  if (spec.of === "sections") {
    const data = Uint8Array.from(WEATHER, (w) => ["rain", "sunny", null].indexOf(w));
    const header = { kind: "sections", form: "value", values: ["rain", "sunny"], missing: 1 };
    return { header: header as ArrayHeader, data, dtype: "uint8" };
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
export function piece(spec: ArraySpec, dataset: Dataset, start = 0, stop = 4) {
  const { header, data, dtype } = encode(spec, dataset);
  const width = data.length / 4;
  const bytes = data.subarray(start * width, stop * width);
  return { dtype, start, stop, header: start ? null : header, bytes };
}

/**
 * Answers with at most `perMessage` rows a message, as a small kernel would, and with arrays that
 * are others now if it `brings` them.
 */
export function kernel(
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
        const keys = keysOf(spec as EngineArray, (key) => key in versions);
        const isOther = keys.some((key) => versions[key] !== before[key]);
        if (!brings || !isOther || !keys.every((key) => key in versions)) return [];
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

export async function load(fake = kernel()): Promise<Collection> {
  const channel = new RequestChannel(fake as unknown as Channel, () => {});
  const open = async (rowCount: number): Promise<LocalEngine> =>
    new LocalEngine(rowCount, () => {});
  const events = { changed: () => {}, failed: () => {} };
  const { description } = await askForUpdate(channel);
  return (await Collection.load(channel, description, open, events))!;
}

export function asked(wire: WireFilters) {
  return fromWire(wire, new Map());
}

/** What is asked for, plain but for some of it. */
export function question(some: Partial<Question> = {}): Question {
  return {
    filters: new Map(),
    rows: null,
    sort: [],
    group: "",
    groupOrder: "value",
    perGroup: 0,
    collapsed: new Set(),
    ...some,
  };
}

export async function follow(
  collection: Collection,
  wire: WireFilters,
  ...sort: string[]
): Promise<void> {
  const asks = question({ filters: asked(wire), sort });
  await collection.follow(() => asks);
}

/** The filters in force. */
export function inForce(collection: Collection): WireFilters {
  return toWire(collection.inForce.filters);
}

export function ids(collection: Collection): number[] {
  return Array.from({ length: collection.engine.result.shown }, (_, i) =>
    collection.places.idAt(i),
  );
}
