/** One revision of the dataset in the browser: its columns behind one engine. */

import { placeOf, rowAt } from "./answer";
import type { ColumnHistogram } from "./answer";
import { pullArrays, type PulledArray } from "./arrays";
import type { Codes } from "./loops";
import { columnOf, type FilterColumn, RangeColumn } from "./columns";
import type { Command } from "./crossfilter";
import type { Engine, EngineEvents } from "./engine";
import { SampleIds } from "./ids";
import { bareKey, keyView } from "./keyview";
import { PROTOCOL_VERSION } from "./protocol";
import type { ArraySpec, ColumnInfo, Condition, Description, Edge, Filters } from "./protocol";
import type { RequestChannel } from "./requests";
import type { KeyView } from "./view";

// A filter that the kernel evaluated is a column of its own; no key contains a control character.
const MASK = "\u0000mask:";
const MASK_BINS = new Uint8Array(2);

export type OpenEngine = (rowCount: number, events: EngineEvents) => Promise<Engine>;

export class Collection {
  readonly name: string;
  readonly total: number;
  readonly infos: ColumnInfo[];
  readonly columns = new Map<string, FilterColumn>();
  /** The filters and the sort in force. */
  filters: Filters = {};
  sort = "";
  readonly engine: Engine;
  readonly #channel: RequestChannel;
  readonly #revision: number;
  readonly #ids: SampleIds;
  readonly #pulls = new Map<string, Promise<unknown>>();
  /** The latest of each key, those too that no answer brings any more. */
  readonly #histograms = new Map<string, ColumnHistogram>();
  readonly #views = new Map<string, { of: unknown[]; view: KeyView }>();
  /** Of the revision before: what the user set and no filter carries. */
  #inherited: ReadonlyMap<string, FilterColumn> = new Map();

  /** Loads the dataset as it is now, without columns; undefined when it changed meanwhile. */
  static async load(
    channel: RequestChannel,
    openEngine: OpenEngine,
    events: EngineEvents,
  ): Promise<Collection | undefined> {
    const { ok: description } = await channel.request("ready", {});
    if (description.protocol !== PROTOCOL_VERSION) {
      throw new Error("page and kernel run different versions of framegrid: reload the page");
    }
    const ids = await pullIds(channel, description);
    if (!ids) return undefined;
    const engine = await openEngine(description.rows, events);
    return new Collection(channel, description, ids, engine);
  }

  private constructor(
    channel: RequestChannel,
    description: Description,
    ids: SampleIds,
    engine: Engine,
  ) {
    this.name = description.name;
    this.total = description.rows;
    this.infos = description.columns;
    this.engine = engine;
    this.#channel = channel;
    this.#revision = description.revision;
    this.#ids = ids;
  }

  close(): void {
    this.engine.close();
  }

  /** Keeps what the user set and no filter carries. */
  inheritSettings(previous: Collection | undefined): void {
    this.#inherited = previous?.columns ?? this.#inherited;
  }

  idAt(place: number): number {
    return this.#ids.at(rowAt(this.engine.answer, place));
  }

  /** Sample ids at grid positions from `first` up to, not including, `last`. */
  async idsBetween(first: number, last: number): Promise<Float64Array> {
    await this.engine.settled();
    return Float64Array.from({ length: last - first }, (_, index) => this.idAt(first + index));
  }

  /** Place in the grid, -1 when filtered out or unknown. */
  indexOf(sampleId: number): number {
    const row = this.#ids.rowOf(sampleId);
    return row < 0 ? -1 : placeOf(this.engine.answer, row);
  }

  /** The filter keys as the components see them; an object stays as long as nothing changes it. */
  keyViews(): KeyView[] {
    for (const [key, histogram] of this.engine.answer.histograms) {
      const known = this.#histograms.get(key);
      if (!known || !isSame(known, histogram)) this.#histograms.set(key, histogram);
    }
    return this.infos.map((info) => this.#keyView(info));
  }

  #keyView(info: ColumnInfo): KeyView {
    const { key } = info;
    const [column, histogram] = [this.columns.get(key), this.#histograms.get(key)];
    const condition = this.filters[key] ?? null;
    const missing = column instanceof RangeColumn && column.includeMissing;
    const of = [column, histogram, condition, missing];
    const known = this.#views.get(key);
    if (known && of.every((part, index) => part === known.of[index])) return known.view;
    // Another scale has other bins, for which the answer may be under way.
    if (known && histogram && histogram.all.length !== column?.coding.binCount) return known.view;
    const view =
      column && histogram ? keyView(info, condition, column, histogram) : bareKey(info, condition);
    this.#views.set(key, { of, view });
    return view;
  }

  /** Says which keys' histograms are looked at; waits until their columns are here. */
  async want(keys: string[]): Promise<void> {
    this.engine.send({ do: "want", keys });
    await this.#pullColumns(keys);
  }

  /** Says that a key's filter may be about to move. */
  prepare(key: string): void {
    if (this.columns.has(key)) this.engine.send({ do: "prepare", key });
  }

  /** Says which samples keep their place on the screen, and how many there is room for. */
  look(sampleIds: number[], span: number): void {
    const keep = sampleIds.map((id) => this.#ids.rowOf(id)).filter((row) => row >= 0);
    this.engine.send({ do: "look", keep, span });
  }

  /**
   * Brings filters and sort to what is wanted; ends when they are, however often that changes
   * while the kernel is asked.
   */
  async follow(wanted: () => { filters: Filters; sort: string }): Promise<void> {
    for (;;) {
      const { filters, sort } = wanted();
      if (this.sort !== sort) await this.#setSort(sort);
      else if (!this.#hasFilters(filters)) await this.#setFilters(filters);
      else return this.engine.settled();
    }
  }

  async #setSort(sort: string): Promise<void> {
    const order = sort ? await this.#pull({ of: "order", sort }) : undefined;
    this.engine.send({ do: "order", order: (order?.data as Uint32Array | undefined) ?? null });
    this.sort = sort;
  }

  async #setFilters(filters: Filters): Promise<void> {
    const keys = Object.keys(filters);
    const dropped = Object.keys(this.filters).filter((key) => !(key in filters));
    for (const key of dropped) this.setFilter(key, null);
    for (const key of keys) {
      if (this.#hasFilter(key, filters[key])) continue;
      const prepared = await this.#prepare(key, filters[key]);
      this.setFilter(key, filters[key], prepared);
    }
  }

  #hasFilters(filters: Filters): boolean {
    const keys = Object.keys(filters);
    const count = Object.keys(this.filters).length;
    return keys.length === count && keys.every((key) => this.#hasFilter(key, filters[key]));
  }

  #hasFilter(key: string, condition: Condition): boolean {
    return JSON.stringify(this.filters[key]) === JSON.stringify(condition);
  }

  /** Applies a condition that the codes at hand can express, or removes one. */
  setFilter(key: string, condition: Condition | null, prepared: Command[] = []): void {
    const column = this.columns.get(key);
    const { [key]: _, ...others } = this.filters;
    this.filters = condition ? { ...others, [key]: condition } : others;
    const passes = (condition && column?.lookup(condition)) ?? null;
    const commands = [...prepared];
    if (column) commands.push({ do: "filter", key, passes });
    const masked = condition !== null && passes === null;
    if (masked) commands.push({ do: "filter", key: MASK + key, passes: Uint8Array.of(0, 1) });
    else commands.push({ do: "column", key: MASK + key, column: null });
    this.engine.send(...commands);
  }

  /** Chooses the scale of a range key; its filter stays. */
  setLog(key: string, log: boolean): void {
    const column = this.columns.get(key);
    if (!(column instanceof RangeColumn)) return;
    const scaled = column.scaled(log);
    this.columns.set(key, scaled);
    this.engine.send({ do: "bins", key, coding: scaled.coding });
  }

  /** How many rows would pass without the filter on a key. */
  countWithout(key: string): number {
    const { without } = this.engine.answer;
    return without.get(key) ?? without.get(MASK + key) ?? 0;
  }

  /** Fetches what the condition needs beyond the codes at hand: extra edges, or a mask. */
  async #prepare(key: string, condition: Condition): Promise<Command[]> {
    await this.#pullColumns([key]);
    const column = this.columns.get(key);
    const extra = column instanceof RangeColumn ? column.extraEdges(condition) : [];
    if (extra.length) {
      const array = await this.#pull({ of: "codes", key, extra });
      return array ? this.#setColumn(key, array, extra) : [];
    }
    if (column?.lookup(condition)) return [];
    const array = await this.#pull({ of: "mask", key, condition });
    const codes = (array?.data ?? new Uint8Array(this.total)) as Uint8Array;
    const mask = { codes, codeCount: 2, bins: MASK_BINS, binCount: 1 };
    return [{ do: "column", key: MASK + key, column: mask }];
  }

  /** Sees to it that these columns are here, each pulled once. */
  async #pullColumns(keys: string[]): Promise<void> {
    const lacking = keys.filter((key) => this.#hasCodes(key) && !this.#pulls.has(key));
    const specs = lacking.map((key): ArraySpec => ({ of: "codes", key, extra: [] }));
    const pull = this.#pullAll(specs, (array, index) =>
      this.engine.send(...this.#setColumn(lacking[index], array)),
    );
    for (const key of lacking) this.#pulls.set(key, pull);
    await Promise.all(keys.map((key) => this.#pulls.get(key)));
  }

  #hasCodes(key: string): boolean {
    return this.infos.some((info) => info.key === key && info.kind !== "other");
  }

  async #pull(spec: ArraySpec): Promise<PulledArray | undefined> {
    let pulled: PulledArray | undefined;
    await this.#pullAll([spec], (array) => (pulled = array));
    return pulled;
  }

  #pullAll(specs: ArraySpec[], take: (array: PulledArray, index: number) => void) {
    return pullArrays(this.#channel, this.#revision, this.total, specs, take);
  }

  #setColumn(key: string, { header, data }: PulledArray, extra: Edge[] = []): Command[] {
    if (header.kind === "mask" || header.kind === "rows") return [];
    const column = this.#asBefore(key, columnOf(header, extra));
    this.columns.set(key, column);
    return [{ do: "column", key, column: { ...column.coding, codes: data as Codes } }];
  }

  #asBefore(key: string, column: FilterColumn): FilterColumn {
    const old = this.columns.get(key) ?? this.#inherited.get(key);
    if (!(column instanceof RangeColumn && old instanceof RangeColumn)) return column;
    column.includeMissing = old.includeMissing;
    return old.scale.log ? column : column.scaled(false);
  }
}

function isSame(a: ColumnHistogram, b: ColumnHistogram): boolean {
  const alike = (a: Uint32Array, b: Uint32Array): boolean =>
    a.length === b.length && a.every((count, bin) => count === b[bin]);
  return a.missing === b.missing && alike(a.matching, b.matching) && alike(a.all, b.all);
}

async function pullIds(
  channel: RequestChannel,
  { revision, rows, first_id }: Description,
): Promise<SampleIds | undefined> {
  if (first_id !== null) return new SampleIds(rows, first_id);
  let ids: SampleIds | undefined;
  await pullArrays(channel, revision, rows, [{ of: "ids" }], ({ data }) => {
    ids = new SampleIds(rows, data as Float64Array);
  });
  return ids;
}
