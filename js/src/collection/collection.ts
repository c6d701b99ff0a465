/** The dataset in the browser: its columns behind one engine, all of one revision. */

import { changesResult } from "../engine/crossfilter";
import { isSameSpec, pullIds } from "./arrays";
import type { Arrived, Described, Held, Question, Update } from "./types";
import { type KeyColumn, RangeColumn } from "../engine/codecolumns";
import type { Command, Engine, EngineEvents } from "../engine/types";
import { areSame, type Filters } from "../values/conditions";
import { type FiltersInForce, maskOf, ROWS } from "./inforce";
import { LoadedColumns } from "./loaded";
import { Places } from "./places";
import type { LoadedPlane } from "./plane";
import { Readings } from "./readings";
import { Supply } from "./supply";
import type { SampleIds } from "../values/ids";
import { KeyFormat } from "../values/keyformat";
import { KeyFormats } from "./keyformats";
import { KeyViews } from "./keyview";
import { sortKeys } from "../values/sort";
import { hasSameValues } from "./updates";
import type { ColumnInfo } from "../protocol";
import type { RequestChannel } from "../kernel/requests";
import type { KeyView } from "../view";

export type OpenEngine = (rowCount: number, events: EngineEvents) => Promise<Engine>;

export class Collection {
  readonly engine: Engine;
  readonly inForce: FiltersInForce;
  /** Where samples stand, which may wait for the data. */
  readonly places: Places;
  readonly #ids: SampleIds;
  readonly #supply: Supply;
  /** Those of the description; one stays the same object as long as its key's values do. */
  #infos: readonly ColumnInfo[];
  readonly #loaded: LoadedColumns;
  readonly #views = new KeyViews();
  readonly #formats = new KeyFormats();
  readonly #readings = new Readings();
  #wanted: readonly string[] = [];
  #question: () => Question = () => {
    throw new Error("nothing was asked for");
  };
  #isBehind = false;
  /** Whether what is followed was asked for, by the user or by Python: nothing waits then. */
  #isAsked = false;
  #following: Promise<void> | undefined;

  /** Loads the dataset without columns; undefined when it changed meanwhile. */
  static async load(
    channel: RequestChannel,
    description: Described,
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
    description: Described,
    ids: SampleIds,
    engine: Engine,
  ) {
    this.engine = engine;
    this.#ids = ids;
    this.#loaded = new LoadedColumns(engine, (key) => this.#supply.description.versions.has(key));
    this.inForce = this.#loaded.inForce;
    this.#supply = new Supply(channel, description, this.#loaded, engine);
    this.#infos = description.columns;
    this.places = new Places(engine, ids, this.#readings, () => this.revision);
  }

  close(): void {
    this.engine.close();
  }

  get name(): string {
    return this.#supply.description.name;
  }

  /** Of the dataset. */
  get revision(): number {
    return this.#supply.description.revision;
  }

  get total(): number {
    return this.#supply.description.rows;
  }

  get infos(): readonly ColumnInfo[] {
    return this.#infos;
  }

  get columns(): ReadonlyMap<string, KeyColumn> {
    return this.#loaded.columns;
  }

  /** Keeps what the user set and no filter carries. */
  inheritSettings(previous: Collection): void {
    this.#loaded.inheritSettings(previous.#loaded);
  }

  /** Whether keys have the values here that they have in another description. */
  hasSame(description: Described, ...keys: string[]): boolean {
    return keys.every((key) => hasSameValues(this.#supply.description, description, key));
  }

  /** What is here of what these filters need, and what it is made of. */
  held(wanted: Filters): Held {
    const arrays = this.#loaded.needed(this.#supply.description, this.#wanted, wanted);
    return { versions: this.#supply.description.versions, arrays };
  }

  /**
   * Brings a dataset of the same rows up to the update, all at once, by the arrays that are others;
   * false when the update is outdated. A filter that is no longer `wanted` may be about a key that
   * is gone. `sent` is called when the engine has been told.
   */
  async renew(update: Update, wanted: () => Filters, sent = (): void => {}): Promise<boolean> {
    const { description } = update;
    const needed = () => this.#loaded.needed(description, this.#wanted, wanted());
    return this.#supply.renew(update, needed, (arrays) => {
      this.#become(description, arrays);
      sent();
    });
  }

  #become(description: Described, arrays: Arrived[]): void {
    const changed = (key: string): boolean => !this.hasSame(description, key);
    const commands = this.#loaded.renew(arrays, changed);
    this.#supply.forget(changed);
    const infos = new Map(this.infos.map((info) => [info.key, info]));
    this.#infos = description.columns.map((info) => {
      return changed(info.key) ? info : (infos.get(info.key) ?? info);
    });
    this.#supply.description = description;
    this.#send(commands);
  }

  /** Sample ids at grid positions from `first` up to, not including, `last`: of those that pass. */
  async idsBetween(first: number, last: number): Promise<ArrayLike<number>> {
    await this.engine.settled();
    const length = last - first;
    const ids = Float64Array.from({ length }, (_, index) => this.places.idAt(first + index));
    return this.places.held ? this.passingAmong(ids) : ids;
  }

  /** Those of some samples that pass every filter. */
  async passingAmong(sampleIds: ArrayLike<number>): Promise<number[]> {
    const rows = Int32Array.from(sampleIds, (id) => this.#ids.rowOf(id)).filter((row) => row >= 0);
    return this.#rowIds(this.engine.ask({ ask: "among", rows: Uint32Array.from(rows) }));
  }

  /** Sample ids by row. */
  allIds(): Float64Array {
    return Float64Array.from({ length: this.total }, (_, row) => this.#ids.at(row));
  }

  formatOf(key: string): KeyFormat {
    const info = this.infos.find((info) => info.key === key);
    return info
      ? this.#formats.of(info, this.columns.get(key))
      : new KeyFormat({ key, type: "", ends: null });
  }

  /** The filter keys as the components see them, under the filters that are asked for. */
  keyViews(filters: Filters): KeyView[] {
    return this.#views.of(this.infos, this.#loaded, filters, this.engine.result);
  }

  /** Says which keys' histograms are looked at; waits until their columns are here. */
  async want(keys: string[]): Promise<void> {
    const isNew = !areSame(keys, this.#wanted);
    this.#wanted = keys;
    if (isNew) this.engine.send({ do: "want", keys });
    await this.#supply.columns(keys);
  }

  /** Says that a key's filter may be about to move. */
  prepare(key: string): void {
    if (this.columns.has(key)) this.engine.send({ do: "prepare", key });
  }

  /** Says that a thumb of a key is held, or no longer: whether its axis is another one with that. */
  hold(key: string, held: boolean): boolean {
    return this.#loaded.hold(key, held);
  }

  /** Says which samples keep their place on the screen, and how many there is room for. */
  look(sampleIds: number[], span: number): void {
    const keep = sampleIds.map((id) => this.#ids.rowOf(id)).filter((row) => row >= 0);
    this.engine.send({ do: "look", keep, span });
  }

  /**
   * Brings what is shown to what is wanted, all at once; ends when it is, however often that
   * changes while the kernel is asked. Places wait no longer when it `isAsked` for.
   */
  async follow(wanted: () => Question, isAsked = false): Promise<void> {
    this.#question = wanted;
    this.#isAsked ||= isAsked;
    if (!this.#following) {
      const following = this.#bring();
      // Where nothing is lacking, it is through by now.
      if (this.#isBehind) this.#following = following;
      await following;
    } else await this.#following;
    return this.engine.settled();
  }

  async #bring(): Promise<void> {
    this.#isBehind = true;
    try {
      for (;;) {
        const question = this.#question();
        const needed = this.#loaded.lacking(question);
        const kept = this.#supply.kept(needed);
        const lacking = needed.filter((spec) => !kept.some(([each]) => isSameSpec(each, spec)));
        if (this.#supply.lacksCodes(question.filters)) {
          await this.#supply.codes(question.filters);
        } else if (lacking.length) await this.#supply.keep(lacking);
        else {
          this.#send(this.#loaded.become(question, kept, this.#ids));
          if (this.#isAsked) this.places.letGo();
          return;
        }
      }
    } finally {
      this.#isBehind = this.#isAsked = false;
      this.#following = undefined;
    }
  }

  /** Tells the engine, and itself how to read the answer. */
  #send(commands: Command[]): void {
    const { sort, sections, arrangement } = this.#loaded;
    const since = this.engine.sent + commands.filter(changesResult).length;
    const order = sortKeys(sort, (key) => this.#supply.description.versions.has(key));
    this.#readings.add(this.engine.result, { since, order, sections, folded: arrangement.folded });
    if (commands.length) this.engine.send(...commands);
  }

  /** Chooses the scale of a range key; its filter stays. */
  setLog(key: string, log: boolean): void {
    this.engine.send(...this.#loaded.setLog(key, log));
  }

  /** How many rows would pass without the filter on a key. */
  countWithout(key: string): number {
    const { without } = this.engine.result;
    return without.get(key) ?? without.get(maskOf(key)) ?? 0;
  }

  countWithoutRows(): number {
    const { without, count } = this.engine.result;
    return without.get(ROWS) ?? count;
  }

  /**
   * At most `count` samples that pass every filter but the key's own, those nearest to a value
   * first, as far as the codes tell values apart.
   */
  async near(key: string, value: number, count: number): Promise<number[]> {
    const column = this.columns.get(key);
    if (!(column instanceof RangeColumn)) return [];
    const codes = column.scale.codesNear(value);
    return this.#rowIds(this.engine.ask({ ask: "near", keys: [key, maskOf(key)], codes, count }));
  }

  /** Two keys against each other. */
  get plane(): LoadedPlane {
    return this.#loaded.plane;
  }

  /** The samples of cells; see `LoadedPlane.rowsIn`. */
  async samplesIn(plane: number, cells: readonly number[], count: number): Promise<number[][]> {
    const rows = await this.plane.rowsIn(plane, cells, count);
    return rows.map((each) => each.map((row) => this.#ids.at(row)));
  }

  /** All samples that pass every filter of a section that is shown. */
  async idsOf(section: number): Promise<number[]> {
    const code = this.places.sectionNow(section);
    return code < 0 ? [] : this.#rowIds(this.engine.ask({ ask: "section", code }));
  }

  async #rowIds(rows: Promise<Uint32Array>): Promise<number[]> {
    return Array.from(await rows, (row) => this.#ids.at(row));
  }
}
