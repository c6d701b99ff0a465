/** What a collection holds: columns and order, with the filters in force on them, as commands. */

import { keysOf } from "./arrays";
import type { PulledArray, Described, Arrived, EngineArray, Question } from "./types";
import { columnOf, type KeyColumn, RangeColumn, ValuesColumn } from "../engine/codecolumns";
import type { Command, Engine } from "../engine/types";
import { areSame, type Filters } from "../values/conditions";
import type { Codes, SectionCodes } from "../engine/loops";
import { BY_CODE } from "../engine/sections";
import type { CodesHeader, Condition, Edge, SectionsHeader } from "../protocol";
import { attempt, FiltersInForce } from "./inforce";
import { LoadedPlane } from "./plane";
import { isSameArrangement, LoadedSections, sectionsHere } from "./sections";
import { groupKey } from "../values/group";
import type { SampleIds } from "../values/ids";
import type { RangeScale } from "../values/scale";
import { sortsOf, toSort } from "../values/sort";

/** How sections are shown, of what is asked for. */
type Grouping = Pick<Question, "groupOrder" | "perGroup" | "collapsed">;

export class LoadedColumns {
  readonly columns = new Map<string, KeyColumn>();
  readonly inForce: FiltersInForce;
  readonly plane: LoadedPlane;
  sort: readonly string[] = [];
  sections: LoadedSections | null = null;
  arrangement = BY_CODE;
  #grouping: Grouping = { groupOrder: "value", perGroup: 0, collapsed: new Set() };
  readonly #isKey: (key: string) => boolean;
  /** Why there are no codes of a key. */
  readonly #uncoded = new Map<string, string>();
  /** Edges that the codes at hand were asked to have. */
  readonly #asked = new Map<string, readonly Edge[]>();
  /** Scales that the user chose: a logarithmic one, or not. */
  readonly #logs = new Map<string, boolean>();
  /** Scales as they were when somebody took hold of a thumb. */
  readonly #held = new Map<string, RangeScale>();

  /** @param isKey of the description that is in force */
  constructor(engine: Engine, isKey: (key: string) => boolean) {
    this.#isKey = isKey;
    this.inForce = new FiltersInForce(engine, this.columns);
    this.plane = new LoadedPlane(engine, this.columns);
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
    return [{ do: "bins", key, coding: scaled.coding }, ...this.plane.commands()];
  }

  /** The codes that filters need beyond what is held: of keys that have none, and with their bounds. */
  lackingCodes(filters: Filters): EngineArray[] {
    return this.inForce.lacking(filters).flatMap(([key, condition]) => {
      const column = this.columns.get(key);
      const edges = column ? extraEdges(column, condition) : [];
      const isNew = edges.some((edge) => !this.#asked.get(key)?.includes(edge));
      return isNew || !(column || this.#uncoded.has(key)) ? [this.codesOf(key, filters)] : [];
    });
  }

  /** What a question needs beyond the codes: they change what is shown, all at once. */
  lacking({ filters, sort, group }: Question): EngineArray[] {
    const specs: EngineArray[] = this.inForce
      .lacking(filters)
      .map(([key, condition]) => ({ of: "mask", key, condition }));
    const isSorted = !sort.length || areSame(sort, this.sort);
    if (!isSorted) specs.push({ of: "order", sort: toSort(sort) });
    if (group && group !== this.sections?.group && !this.#valuesOf(group)) {
      specs.push({ of: "sections", group });
    }
    return specs;
  }

  /** What the engine is to be told for a question to be answered, given what was lacking. */
  become(question: Question, arrays: readonly Arrived[], ids: SampleIds): Command[] {
    this.inForce.wanted = question.filters;
    this.#grouping = question;
    const commands = arrays.flatMap(([spec, array]) => this.#take(spec, array));
    if (!question.sort.length && this.sort.length) {
      this.sort = [];
      commands.push({ do: "order", order: null });
    }
    if (!question.group && this.sections) {
      this.sections = null;
      commands.push({ do: "sections", sections: null });
    }
    commands.push(...this.#regroup(question.group));
    const chosen = this.inForce.choose(question.rows, ids);
    return [...commands, ...this.#arrange(), ...chosen, ...this.inForce.commands()];
  }

  /** Makes sections of codes that are here, unless they are there already. */
  #regroup(group: string): Command[] {
    const column = group && group !== this.sections?.group && this.#valuesOf(group);
    if (!column) return [];
    const key = groupKey(group, this.#isKey);
    const { header, sections } = sectionsHere(key, column);
    this.sections = new LoadedSections(group, key, header);
    return [{ do: "sections", sections }];
  }

  /** The codes of a group's key, if they tell all its values apart: the kernel has nothing to add. */
  #valuesOf(group: string): ValuesColumn | undefined {
    const column = this.columns.get(groupKey(group, this.#isKey));
    return column instanceof ValuesColumn ? column : undefined;
  }

  #arrange(): Command[] {
    if (!this.sections) return [];
    const { groupOrder: by, perGroup: atMost, collapsed } = this.#grouping;
    const arrangement = { by, atMost, folded: this.sections.codesOf(collapsed) };
    if (isSameArrangement(arrangement, this.arrangement)) return [];
    this.arrangement = arrangement;
    return [{ do: "arrange", arrangement }];
  }

  /** The codes of a key with the bounds of filters on it, and all steps while it is held. */
  codesOf(key: string, filters: Filters = this.inForce.wanted): EngineArray {
    const column = this.columns.get(key);
    const conditions = [filters.get(key), this.inForce.wanted.get(key)];
    const edges = conditions.flatMap((condition) =>
      column && condition ? bounds(column, condition) : [],
    );
    const steps = this.#held.get(key)?.steps ?? [];
    return { of: "codes", key, extra: [...new Set([...edges, ...steps])] };
  }

  /** Takes an array that was pulled; the wanted filter on it is applied with it. */
  put(spec: EngineArray, array: PulledArray): Command[] {
    return [...this.#take(spec, array), ...this.plane.commands(), ...this.inForce.commands()];
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
    const specs = [...needed.map((key) => this.codesOf(key)), ...this.inForce.masks];
    if (this.sort.length) specs.push({ of: "order", sort: toSort(this.sort) });
    if (this.sections) specs.push({ of: "sections", group: this.sections.group });
    const isThere = (key: string): boolean => key === "" || versions.has(key);
    return specs.filter((spec) => keysOf(spec, isThere).every(isThere));
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
      ...this.#arrange(),
      ...this.plane.commands(),
      ...this.inForce.commands(),
    ];
  }

  #take(spec: EngineArray, { header, data }: PulledArray): Command[] {
    if (header.kind === "error") return this.#fail(spec, header.message);
    if (spec.of === "order") {
      this.sort = sortsOf(spec.sort);
      return [{ do: "order", order: data as Uint32Array }];
    }
    if (spec.of === "sections") {
      const key = groupKey(spec.group, this.#isKey);
      this.sections = new LoadedSections(spec.group, key, header as SectionsHeader);
      const { codeCount } = this.sections;
      return [{ do: "sections", sections: { codes: data as SectionCodes, codeCount } }];
    }
    if (spec.of === "mask") return this.inForce.mask(spec.key, spec.condition, data as Codes);
    const column = columnOf(header as CodesHeader, this.#logs.get(spec.key));
    this.columns.set(spec.key, column);
    this.#asked.set(spec.key, spec.extra);
    this.inForce.lose(spec.key);
    return [{ do: "column", key: spec.key, column: { ...column.coding, codes: data as Codes } }];
  }

  /** What goes wrong with one key is told there, and nothing else suffers from it. */
  #fail(spec: EngineArray, message: string): Command[] {
    if (spec.of === "codes") this.#uncoded.set(spec.key, message);
    else if (spec.of !== "mask") throw new Error(message);
    else this.inForce.giveUp(spec.key, spec.condition, message);
    return [];
  }

  #remove(key: string): Command[] {
    this.columns.delete(key);
    this.inForce.lose(key);
    return [{ do: "column", key, column: null }];
  }
}

function extraEdges(column: KeyColumn, condition: Condition): Edge[] {
  if (!(column instanceof RangeColumn)) return [];
  return attempt(() => column.extraEdges(condition), []);
}

function bounds(column: KeyColumn, condition: Condition): Edge[] {
  return column instanceof RangeColumn ? attempt(() => column.bounds(condition), []) : [];
}
