/** The sections that rows are in, as the kernel tells them. */

import type { ValuesColumn } from "../engine/codecolumns";
import type { Arrangement, SectionsOf } from "../engine/types";
import type { Edge, SectionsHeader, Value } from "../protocol";
import { areSame } from "../values/conditions";
import { compare } from "../values/order";

export type SectionValue = Value | readonly [Edge, Edge];

export class LoadedSections {
  readonly group: string;
  /** That the group goes by. */
  readonly key: string;
  readonly form: SectionsHeader["form"];
  readonly codeCount: number;
  readonly #values: SectionsHeader["values"];
  #codes: ReadonlyMap<string, number> | undefined;

  constructor(group: string, key: string, { form, values }: SectionsHeader) {
    [this.group, this.key, this.form, this.#values] = [group, key, form, values];
    this.codeCount = values.length + 1;
  }

  /** The value or the ends of the bin; null for missing. */
  valueOf(code: number): SectionValue {
    return this.#values[code] ?? null;
  }

  /** Names a section by its value, which it keeps when the data are others. */
  nameOf(code: number): string {
    return JSON.stringify(this.valueOf(code));
  }

  codesOf(names: ReadonlySet<string>): number[] {
    if (!names.size) return [];
    this.#codes ??= new Map(
      Array.from({ length: this.codeCount }, (_, code) => [this.nameOf(code), code]),
    );
    return [...names].flatMap((name) => this.#codes!.get(name) ?? []).sort((a, b) => a - b);
  }
}

/** The sections of a key with a list of values, in the order of these. */
export function sectionsHere(
  key: string,
  { missing, values: listed }: ValuesColumn,
): { header: SectionsHeader; sections: SectionsOf } {
  const values = listed.filter((value) => value !== null);
  const order = values.map((_, code) => code).sort((a, b) => compare(values[a], values[b]));
  const sectionOf = new Uint16Array(values.length + 1).fill(values.length);
  order.forEach((code, section) => (sectionOf[code] = section));
  const header: SectionsHeader = {
    kind: "sections",
    form: "value",
    values: order.map((code) => values[code]),
    missing,
  };
  return { header, sections: { column: key, sectionOf, codeCount: sectionOf.length } };
}

export function isSameArrangement(a: Arrangement, b: Arrangement): boolean {
  return a.by === b.by && a.atMost === b.atMost && areSame(a.folded, b.folded);
}
