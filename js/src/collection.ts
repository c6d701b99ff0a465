/** One revision of the dataset in the browser: its columns behind one crossfilter. */

import { pullArrays, type PulledArray } from "./arrays";
import { columnOf, type FilterColumn, RangeColumn } from "./columns";
import { type CodeColumn, Crossfilter } from "./crossfilter";
import { bareKey, keyView } from "./keyview";
import { PROTOCOL_VERSION } from "./protocol";
import type { ArraySpec, ColumnInfo, Condition, Description, Edge, Filters } from "./protocol";
import type { RequestChannel } from "./requests";
import type { KeyView } from "./view";

// A filter that the kernel evaluated is a column of its own; no key contains a control character.
const MASK = "\u0000mask:";
const MASK_BINS = new Uint8Array(2);

export class Collection {
  readonly name: string;
  readonly total: number;
  readonly infos: ColumnInfo[];
  readonly crossfilter: Crossfilter;
  readonly columns = new Map<string, FilterColumn>();
  /** The filters and the sort in force. */
  filters: Filters = {};
  sort = "";
  readonly #channel: RequestChannel;
  readonly #revision: number;
  readonly #ids: Float64Array;

  /** Loads the dataset as it is now; undefined when it changed meanwhile. */
  static async load(channel: RequestChannel): Promise<Collection | undefined> {
    const { ok: description } = await channel.request("ready", {});
    if (description.protocol !== PROTOCOL_VERSION) {
      throw new Error("page and kernel run different versions of framegrid: reload the page");
    }
    const infos = description.columns.filter(({ kind }) => kind !== "other");
    const specs: ArraySpec[] = infos.map(({ key }) => ({ of: "codes", key, extra: [] }));
    specs.unshift({ of: "ids" });
    const arrays = await pullArrays(channel, description.revision, description.rows, specs);
    if (!arrays) return undefined;
    const collection = new Collection(channel, description, arrays[0].data as Float64Array);
    infos.forEach(({ key }, index) => collection.#setColumn(key, arrays[index + 1]));
    return collection;
  }

  private constructor(channel: RequestChannel, description: Description, ids: Float64Array) {
    this.name = description.name;
    this.total = description.rows;
    this.infos = description.columns;
    this.crossfilter = new Crossfilter(description.rows);
    this.#channel = channel;
    this.#revision = description.revision;
    this.#ids = ids;
  }

  /** Keeps what the user set and no filter carries. */
  inheritSettings(previous: Collection | undefined): void {
    for (const [key, column] of this.columns) {
      const old = previous?.columns.get(key);
      if (column instanceof RangeColumn && old instanceof RangeColumn) {
        column.includeMissing = old.includeMissing;
        if (!old.scale.log) this.setLog(key, false);
      }
    }
  }

  idAt(index: number): number {
    return this.#ids[this.crossfilter.rows()[index]];
  }

  /** Sample ids at grid positions from `first` up to, not including, `last`. */
  idsBetween(first: number, last: number): Float64Array {
    const rows = this.crossfilter.rows();
    const ids = new Float64Array(last - first);
    for (let i = 0; i < ids.length; i++) ids[i] = this.#ids[rows[first + i]];
    return ids;
  }

  /** Position in the grid, -1 when filtered out or unknown. */
  indexOf(sampleId: number): number {
    const row = findSorted(this.#ids, sampleId);
    return row < 0 ? -1 : this.crossfilter.position(row);
  }

  /** The filter keys as the components see them. */
  keyViews(): KeyView[] {
    return this.infos.map((info) => {
      const column = this.columns.get(info.key);
      const condition = this.filters[info.key] ?? null;
      return column
        ? keyView(info, condition, column, this.crossfilter.histogram(info.key))
        : bareKey(info, condition);
    });
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
      else return;
    }
  }

  async #setSort(sort: string): Promise<void> {
    const order = sort ? await this.#pull({ of: "order", sort }) : null;
    this.crossfilter.setOrder(order ? (order.data as Uint32Array) : null);
    this.sort = sort;
  }

  async #setFilters(filters: Filters): Promise<void> {
    const keys = Object.keys(filters);
    const dropped = Object.keys(this.filters).filter((key) => !(key in filters));
    for (const key of dropped) this.setFilter(key, null);
    for (const key of keys) {
      if (this.#hasFilter(key, filters[key])) continue;
      await this.#prepare(key, filters[key]);
      this.setFilter(key, filters[key]);
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
  setFilter(key: string, condition: Condition | null): void {
    const column = this.columns.get(key);
    const { [key]: _, ...others } = this.filters;
    this.filters = condition ? { ...others, [key]: condition } : others;
    const lookup = (condition && column?.lookup(condition)) ?? null;
    if (column) this.crossfilter.setFilter(key, lookup);
    const masked = condition !== null && lookup === null;
    if (!masked) this.crossfilter.removeColumn(MASK + key);
    else this.crossfilter.setFilter(MASK + key, Uint8Array.of(0, 1));
  }

  /** Chooses the scale of a range key; its filter stays. */
  setLog(key: string, log: boolean): void {
    const column = this.columns.get(key);
    if (!(column instanceof RangeColumn)) return;
    this.#replace(key, column.scaled(log));
    if (key in this.filters) this.setFilter(key, this.filters[key]);
  }

  /** How many rows would pass without the filter on a key. */
  countWithout(key: string): number {
    const { crossfilter } = this;
    return crossfilter.countWithout(crossfilter.hasFilter(key) ? key : MASK + key);
  }

  /** Fetches what the condition needs beyond the codes at hand: extra edges, or a mask. */
  async #prepare(key: string, condition: Condition): Promise<void> {
    const column = this.columns.get(key);
    const extra = column instanceof RangeColumn ? column.extraEdges(condition) : [];
    if (extra.length) {
      const array = await this.#pull({ of: "codes", key, extra });
      if (array) this.#setColumn(key, array, extra);
    } else if (!column?.lookup(condition)) {
      const array = await this.#pull({ of: "mask", key, condition });
      const codes = (array?.data ?? new Uint8Array(this.total)) as Uint8Array;
      const mask: CodeColumn = { codes, codeCount: 2, bins: MASK_BINS, binCount: 1 };
      this.crossfilter.setColumn(MASK + key, mask);
    }
  }

  async #pull(spec: ArraySpec): Promise<PulledArray | undefined> {
    const arrays = await pullArrays(this.#channel, this.#revision, this.total, [spec]);
    return arrays?.[0];
  }

  #setColumn(key: string, { header, data }: PulledArray, extra: Edge[] = []): void {
    if (header.kind === "mask" || header.kind === "rows") return;
    this.#replace(key, columnOf(header, data as CodeColumn["codes"], extra));
  }

  #replace(key: string, column: FilterColumn): void {
    this.columns.set(key, column);
    this.crossfilter.setColumn(key, column.codeColumn);
  }
}

/** Index of `value` in an ascending array, -1 when it is not there. */
export function findSorted(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value ? low : -1;
}
