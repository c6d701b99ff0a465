/** The sections of one result, as the components see them. */

import type { LoadedSections, SectionValue } from "../collection/sections";
import { sectionAt } from "../engine/sections";
import type { SectionList } from "../engine/types";
import type { KeyFormat } from "../values/keyformat";
import type { SectionsView, SectionView } from "../view";

/** What a user does with sections. */
export interface SectionActions {
  toggle(code: number): void;
  collapseAll(collapsed: boolean): void;
  idsOf(code: number): Promise<ArrayLike<number>>;
}

export class ShownSections implements SectionsView {
  readonly key: string;
  readonly starts: Uint32Array;
  readonly shown: Uint32Array;
  readonly toggle: SectionActions["toggle"];
  readonly collapseAll: SectionActions["collapseAll"];
  readonly idsOf: SectionActions["idsOf"];
  readonly #list: SectionList;
  readonly #loaded: LoadedSections;
  readonly #folded: ReadonlySet<number>;
  readonly #format: KeyFormat;

  constructor(
    list: SectionList,
    loaded: LoadedSections,
    folded: Iterable<number>,
    format: KeyFormat,
    { toggle, collapseAll, idsOf }: SectionActions,
  ) {
    [this.#list, this.#loaded, this.#format] = [list, loaded, format];
    [this.key, this.starts, this.shown] = [loaded.key, list.starts, list.shown];
    [this.toggle, this.collapseAll, this.idsOf] = [toggle, collapseAll, idsOf];
    this.#folded = new Set(folded);
  }

  get length(): number {
    return this.#list.codes.length;
  }

  at(index: number): SectionView {
    const { codes, starts, counts, shown } = this.#list;
    const code = codes[index];
    const value = this.#loaded.valueOf(code);
    return {
      code,
      text: sectionText(this.#format, this.#loaded.form, value),
      value,
      start: starts[index],
      count: counts[index],
      shown: shown[index],
      collapsed: this.#folded.has(code),
    };
  }

  indexAt(position: number): number {
    return sectionAt(this.#list, position);
  }

  indexOf(code: number): number {
    return this.#list.codes.indexOf(code);
  }
}

/** How much of a datetime names a day, a month, a year. */
const LENGTHS = { day: 10, month: 7, year: 4 };

export function sectionText(
  format: KeyFormat,
  form: LoadedSections["form"],
  value: SectionValue,
): string {
  if (value === null) return format.category(null);
  if (isBin(value)) return `${format.place(value[0])} – ${format.place(value[1])}`;
  if (form === "day" || form === "month" || form === "year") {
    return String(value).slice(0, LENGTHS[form]);
  }
  return format.nothing(value) || format.value(value);
}

function isBin(value: SectionValue): value is readonly [number, number] {
  return Array.isArray(value);
}
