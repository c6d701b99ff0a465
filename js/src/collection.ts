/** The dataset in the browser: its columns behind one engine, all of one revision. */

import { placeOf, rowAt } from "./answer";
import { pullArrays, type PulledArray, pullIds } from "./arrays";
import { type FilterColumn, RangeColumn } from "./columns";
import type { Command } from "./crossfilter";
import type { Engine, EngineEvents } from "./engine";
import { type EngineArray, Holdings, isSame, keyOf, maskOf } from "./holdings";
import type { SampleIds } from "./ids";
import { KeyViews } from "./keyview";
import { type Held, nameOf, type News } from "./news";
import type { ColumnInfo, Condition, Description, Filters } from "./protocol";
import type { RequestChannel } from "./requests";
import type { KeyView } from "./view";

export type OpenEngine = (rowCount: number, events: EngineEvents) => Promise<Engine>;

export class Collection {
  readonly engine: Engine;
  readonly #channel: RequestChannel;
  readonly #ids: SampleIds;
  #description: Description;
  /** Those of the description; one stays the same object as long as its key's values do. */
  #infos: readonly ColumnInfo[];
  readonly #holdings = new Holdings();
  readonly #views = new KeyViews();
  readonly #pulls = new Map<string, Promise<unknown>>();
  #wanted: readonly string[] = [];

  /** Loads the dataset without columns; undefined when it changed meanwhile. */
  static async load(
    channel: RequestChannel,
    description: Description,
    openEngine: OpenEngine,
    events: EngineEvents,
  ): Promise<Collection | undefined> {
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
    this.engine = engine;
    this.#channel = channel;
    this.#ids = ids;
    this.#description = description;
    this.#infos = description.columns;
  }

  close(): void {
    this.engine.close();
  }

  get name(): string {
    return this.#description.name;
  }

  get total(): number {
    return this.#description.rows;
  }

  get infos(): readonly ColumnInfo[] {
    return this.#infos;
  }

  get columns(): ReadonlyMap<string, FilterColumn> {
    return this.#holdings.columns;
  }

  get filters(): Filters {
    return this.#holdings.filters;
  }

  get sort(): string {
    return this.#holdings.sort;
  }

  /** Keeps what the user set and no filter carries. */
  inheritSettings(previous: Collection): void {
    this.#holdings.inheritSettings(previous.#holdings);
  }

  /** Whether keys have the values here that they have in another description. */
  hasSame(description: Description, ...keys: string[]): boolean {
    return keys.every((key) => isSame(this.#description, description, key));
  }

  /** What is here, and what it is made of. */
  get held(): Held {
    const arrays = this.#holdings.needed(this.#description, this.#wanted);
    return { versions: this.#description.versions, arrays };
  }

  /**
   * Brings a dataset of the same rows up to the news, all at once, by the arrays that are others;
   * false when the news are outdated. A filter that is no longer `wanted` may be about a key that
   * is gone.
   */
  async renew({ description, arrays }: News, wanted: () => Filters): Promise<boolean> {
    const isOutdated = (spec: EngineArray): boolean =>
      !this.hasSame(description, keyOf(spec)) &&
      (spec.of !== "mask" || this.#hasFilter(spec.key, wanted()[spec.key]));
    for (;;) {
      // The user may go on meanwhile: what is needed is looked at anew.
      const outdated = this.#holdings.needed(description, this.#wanted).filter(isOutdated);
      const lacking = outdated.filter((spec) => !arrays.has(nameOf(spec)));
      if (!lacking.length) {
        this.#become(
          description,
          outdated.map((spec) => [spec, arrays.get(nameOf(spec))!]),
        );
        return true;
      }
      const take = (array: PulledArray, index: number): void =>
        void arrays.set(nameOf(lacking[index]), array);
      const { revision, rows } = description;
      if (!(await pullArrays(this.#channel, revision, rows, lacking, take))) return false;
    }
  }

  #become(description: Description, arrays: [EngineArray, PulledArray][]): void {
    const changed = (key: string): boolean => !this.hasSame(description, key);
    const held = [...this.columns.keys()];
    const commands = this.#holdings.renew(arrays, changed);
    // What nobody looks at is pulled again when somebody does.
    for (const key of held) if (!this.columns.has(key)) this.#pulls.delete(key);
    const infos = new Map(this.infos.map((info) => [info.key, info]));
    this.#infos = description.columns.map((info) => {
      return changed(info.key) ? info : (infos.get(info.key) ?? info);
    });
    this.#description = description;
    this.engine.send(...commands);
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

  /** The filter keys as the components see them. */
  keyViews(): KeyView[] {
    return this.#views.of(this.infos, this.columns, this.filters, this.engine.answer);
  }

  /** Says which keys' histograms are looked at; waits until their columns are here. */
  async want(keys: string[]): Promise<void> {
    const isNew = keys.join("\u0000") !== this.#wanted.join("\u0000");
    this.#wanted = keys;
    if (isNew) this.engine.send({ do: "want", keys });
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
    const set = (...commands: Command[]): void => {
      this.engine.send(...commands);
      this.#holdings.sort = sort;
    };
    if (!sort) return set({ do: "order", order: null });
    await this.#pull([{ of: "order", sort }], set);
  }

  async #setFilters(filters: Filters): Promise<void> {
    for (const [key, condition] of Object.entries(filters)) {
      if (!this.#hasFilter(key, condition)) await this.#addFilter(key, condition);
    }
    const dropped = Object.keys(this.filters).filter((key) => !(key in filters));
    for (const key of dropped) this.setFilter(key, null);
  }

  async #addFilter(key: string, condition: Condition): Promise<void> {
    await this.#pullColumns([key]);
    const lacking = this.#holdings.lacking(key, condition);
    if (!lacking) return this.setFilter(key, condition);
    await this.#pull([lacking], (...commands) => this.setFilter(key, condition, commands));
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
    this.engine.send(...prepared, ...this.#holdings.setFilter(key, condition));
  }

  /** Forgets what was ticked for the next narrowing of a range key. */
  forget(key: string): void {
    const column = this.columns.get(key);
    if (column instanceof RangeColumn) column.includeMissing = false;
  }

  /** Chooses the scale of a range key; its filter stays. */
  setLog(key: string, log: boolean): void {
    const column = this.columns.get(key);
    if (!(column instanceof RangeColumn)) return;
    const scaled = column.scaled(log);
    this.#holdings.setColumn(key, scaled);
    this.engine.send({ do: "bins", key, coding: scaled.coding });
  }

  /** How many rows would pass without the filter on a key. */
  countWithout(key: string): number {
    const { without } = this.engine.answer;
    return without.get(key) ?? without.get(maskOf(key)) ?? 0;
  }

  /** Sees to it that these columns are here, each pulled once. */
  async #pullColumns(keys: string[]): Promise<void> {
    const lacking = keys.filter((key) => this.#hasCodes(key) && !this.#pulls.has(key));
    const specs = lacking.map((key): EngineArray => ({ of: "codes", key, extra: [] }));
    const pull = this.#pull(specs, (...commands) => this.engine.send(...commands));
    pull.catch(() => lacking.forEach((key) => this.#pulls.delete(key)));
    for (const key of lacking) this.#pulls.set(key, pull);
    await Promise.all(keys.map((key) => this.#pulls.get(key)));
  }

  #hasCodes(key: string): boolean {
    return this.infos.some((info) => info.key === key && info.kind !== "other");
  }

  /** Takes in arrays as they are in the description that is in force when they come. */
  async #pull(specs: EngineArray[], send: (...commands: Command[]) => void): Promise<void> {
    while (specs.length) {
      const asked = this.#description;
      const late: EngineArray[] = [];
      const receive = (array: PulledArray, index: number): void => {
        const spec = specs[index];
        if (this.hasSame(asked, keyOf(spec))) send(...this.#holdings.put(spec, array));
        else late.push(spec);
      };
      if (!(await pullArrays(this.#channel, asked.revision, this.total, specs, receive))) {
        throw new DOMException("a description that is not outdated is to come", "AbortError");
      }
      specs = late;
    }
  }
}
