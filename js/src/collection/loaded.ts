/** What a collection holds: columns and order, with the filters in force on them, as commands. */

import type { PulledArray, Described, Arrived, EngineArray } from "./types";
import { columnOf, type KeyColumn, RangeColumn } from "../engine/codecolumns";
import type { Command, Engine } from "../engine/types";
import type { Filters } from "../values/conditions";
import type { Codes } from "../engine/loops";
import type { CodesHeader, Edge } from "../protocol";
import { attempt, FiltersInForce } from "./inforce";
import type { RangeScale } from "../values/scale";
import { parseSort } from "../values/sort";

export class LoadedColumns {
  readonly columns = new Map<string, KeyColumn>();
  readonly inForce: FiltersInForce;
  sort = "";
  /** Why there are no codes of a key. */
  readonly #uncoded = new Map<string, string>();
  /** Edges that the codes at hand were asked to have. */
  readonly #asked = new Map<string, readonly Edge[]>();
  /** Scales that the user chose: a logarithmic one, or not. */
  readonly #logs = new Map<string, boolean>();
  /** Scales as they were when somebody took hold of a thumb. */
  readonly #held = new Map<string, RangeScale>();

  constructor(engine: Engine) {
    this.inForce = new FiltersInForce(engine, this.columns);
  }

  /** Why nobody can tell what passes the filter of a key, or why there are no codes of it. */
  problemOf(key: string): string | null {
    return this.inForce.problemOf(key) ?? this.#uncoded.get(key) ?? null;
  }

  /** Keeps what the user set and no filter carries. */
  inheritSettings(previous: LoadedColumns): void {
    for (const [key, log] of previous.#logs) this.#logs.set(key, log);
    for (const [key, scale] of previous.#held) this.#held.set(key, scale);
  }

  /**
   * Keeps the scale of a key as it is while its thumbs are held, whatever becomes of the data;
   * tells whether it is another one from now on.
   */
  hold(key: string, held: boolean): boolean {
    const column = this.columns.get(key);
    const [kept, scale] = [this.#held.get(key), column instanceof RangeColumn && column.scale];
    if (!held) return this.#held.delete(key) && kept !== scale;
    if (scale && !kept) this.#held.set(key, scale);
    return false;
  }

  heldScale(key: string): RangeScale | undefined {
    return this.#held.get(key);
  }

  /** Chooses the scale of a range key. */
  setLog(key: string, log: boolean): Command[] {
    this.#logs.set(key, log);
    const column = this.columns.get(key);
    if (!(column instanceof RangeColumn)) return [];
    const scaled = column.scaled(log);
    this.columns.set(key, scaled);
    return [{ do: "bins", key, coding: scaled.coding }];
  }

  /** What the wanted filter of a key needs beyond what is held: codes with its bounds, or a mask. */
  lacking(key: string): EngineArray | null {
    const condition = this.inForce.untold(key);
    if (!condition) return null;
    const column = this.columns.get(key);
    const edges =
      column instanceof RangeColumn ? attempt(() => column.extraEdges(condition), []) : [];
    const isNew = edges.some((edge) => !this.#asked.get(key)?.includes(edge));
    return isNew ? this.codesOf(key) : { of: "mask", key, condition };
  }

  /** The codes of a key with the bounds of its wanted filter, and all steps while it is held. */
  codesOf(key: string): EngineArray {
    const [column, condition] = [this.columns.get(key), this.inForce.wanted.get(key)];
    const bounds =
      condition && column instanceof RangeColumn ? attempt(() => column.bounds(condition), []) : [];
    const steps = this.#held.get(key)?.steps ?? [];
    return { of: "codes", key, extra: [...new Set([...bounds, ...steps])] };
  }

  /** Takes an array that was pulled; the wanted filter on it is applied with it. */
  put(spec: EngineArray, array: PulledArray): Command[] {
    return [...this.#take(spec, array), ...this.inForce.commands()];
  }

  /** The arrays that are held, as a description has them; of columns those that are `shown`. */
  needed(
    { columns, versions }: Described,
    shown: readonly string[],
    wanted: Filters,
  ): EngineArray[] {
    this.inForce.wanted = wanted;
    const coded = columns.map(({ key }) => key).filter((key) => this.columns.has(key));
    const needed = coded.filter((key) => wanted.has(key) || shown.includes(key));
    const masks = this.inForce.masks.filter(({ key }) => key === "" || versions.has(key));
    const specs = [...needed.map((key) => this.codesOf(key)), ...masks];
    if (versions.has(parseSort(this.sort).key)) specs.push({ of: "order", sort: this.sort });
    return specs;
  }

  /**
   * Replaces what is outdated; what was not pulled for it goes. `changed` tells of which keys the
   * values are others.
   */
  renew(arrays: readonly Arrived[], changed: (key: string) => boolean): Command[] {
    const coded = new Set(arrays.flatMap(([spec]) => (spec.of === "codes" ? spec.key : [])));
    const gone = [...this.columns.keys()].filter((key) => changed(key) && !coded.has(key));
    for (const key of [...this.#uncoded.keys()].filter(changed)) this.#uncoded.delete(key);
    return [
      ...gone.flatMap((key) => this.#remove(key)),
      ...this.inForce.forget(changed),
      ...arrays.flatMap(([spec, array]) => this.#take(spec, array)),
      ...this.inForce.commands(),
    ];
  }

  #take(spec: EngineArray, { header, data }: PulledArray): Command[] {
    if (header.kind === "error") return this.#fail(spec, header.message);
    if (spec.of === "order") return [{ do: "order", order: data as Uint32Array }];
    if (spec.of === "mask") return this.inForce.mask(spec.key, spec.condition, data as Codes);
    const column = columnOf(header as CodesHeader, this.#logs.get(spec.key));
    this.columns.set(spec.key, column);
    this.#asked.set(spec.key, spec.extra);
    this.inForce.lose(spec.key);
    return [{ do: "column", key: spec.key, column: { ...column.coding, codes: data as Codes } }];
  }

  /** What goes wrong with one key is told there, and nothing else suffers from it. */
  #fail(spec: EngineArray, message: string): Command[] {
    if (spec.of === "order") throw new Error(message);
    if (spec.of === "codes") this.#uncoded.set(spec.key, message);
    else this.inForce.giveUp(spec.key, spec.condition, message);
    return [];
  }

  #remove(key: string): Command[] {
    this.columns.delete(key);
    this.inForce.lose(key);
    return [{ do: "column", key, column: null }];
  }
}
