/** Filter keys in the browser: what a condition means as a lookup over a column's codes. */

import type { Coding } from "./types";
import type {
  Category,
  CodesHeader,
  Condition,
  Edge,
  ElementsHeader,
  RangeHeader,
  TextHeader,
  ValuesHeader,
} from "../protocol";
import {
  isContains,
  isIn,
  isOnlyMissing,
  isPresence,
  isRange,
  isUnder,
  wantedOf,
} from "../values/conditions";
import { RangeScale } from "../values/scale";

interface Column {
  /** Samples that lack the key. */
  readonly missing: number;
  readonly coding: Coding;
  /** By code, 1 passes; null when the codes cannot tell, so that the kernel has to. */
  lookup(condition: Condition): Uint8Array | null;
}

/** A numeric or datetime key with a slider. */
export class RangeColumn implements Column {
  readonly kind = "range";
  readonly scale: RangeScale;
  readonly missing: number;
  readonly #header: RangeHeader;

  constructor(header: RangeHeader, log = header.log) {
    this.scale = new RangeScale(header, log);
    this.missing = header.missing;
    this.#header = header;
  }

  get coding(): Coding {
    const { codeCount, bins, binCount } = this.scale;
    return { codeCount, bins, binCount };
  }

  /** The same column on a logarithmic or a linear scale, where it may have either. */
  scaled(log: boolean): RangeColumn {
    return new RangeColumn(this.#header, log);
  }

  /** The bounds of a condition, which keep their meaning by any edges that have them. */
  bounds(condition: Condition): Edge[] {
    if (!isRange(condition) || !this.scale.holds(condition)) return [];
    const { min, max } = this.scale.bounds(condition);
    return [min, max].filter(Number.isFinite);
  }

  /** Bounds of a condition that the codes cannot express: the column is needed with these edges. */
  extraEdges(condition: Condition): Edge[] {
    const coded = isRange(condition) && this.scale.holds(condition);
    return coded ? this.scale.lacking(condition) : [];
  }

  lookup(condition: Condition): Uint8Array | null {
    if (isRange(condition)) return this.scale.passes(condition);
    return isOnlyMissing(condition) ? onlyLast(this.scale.codeCount) : null;
  }
}

/** A boolean key, or a text key with few distinct values. */
export class ValuesColumn implements Column {
  readonly kind = "values";
  readonly missing: number;
  /** By code; missing comes last, as null, where samples lack the key. */
  readonly values: Category[];
  readonly #codeCount: number;

  constructor(header: ValuesHeader) {
    this.missing = header.missing;
    this.values = header.missing ? [...header.values, null] : header.values;
    this.#codeCount = header.values.length + 1;
  }

  get coding(): Coding {
    return byCode(this.#codeCount);
  }

  lookup(condition: Condition): Uint8Array | null {
    if (isPresence(condition)) return allButLast(this.#codeCount);
    const passes = "under" in condition ? isUnder(condition.under) : isOneOf(condition);
    if (!passes) return null;
    const lookup = new Uint8Array(this.#codeCount);
    this.values.forEach((value, code) => (lookup[code] = Number(passes(value))));
    return lookup;
  }

  /** How many samples have each value, of so many by code. */
  counts(byCode: Uint32Array): number[] {
    return this.values.map((_, code) => byCode[code]);
  }
}

/** A list key. */
export class ElementsColumn implements Column {
  readonly kind = "elements";
  readonly missing: number;
  readonly distinct: number;
  /** The most frequent elements; missing comes last, as null, where samples lack the key. */
  readonly values: Category[];
  readonly #combinations: number[][];

  constructor(header: ElementsHeader) {
    this.missing = header.missing;
    this.distinct = header.distinct;
    const missing = header.values.length;
    this.values = header.missing ? [...header.values, null] : header.values;
    this.#combinations = [...header.combinations, header.missing ? [missing] : []];
  }

  get coding(): Coding {
    return byCode(this.#combinations.length);
  }

  lookup(condition: Condition): Uint8Array | null {
    if (isPresence(condition)) return allButLast(this.#combinations.length);
    if (!isIn(condition) && !isContains(condition)) return null;
    const checked = new Set(wantedOf(condition).map((value) => this.values.indexOf(value)));
    if (checked.has(-1) && !this.isComplete) return null;
    const passes = (held: number[]): number => Number(held.some((value) => checked.has(value)));
    return Uint8Array.from(this.#combinations, passes);
  }

  /** Whether the codes tell all elements apart. */
  get isComplete(): boolean {
    return this.distinct === this.values.length - (this.missing ? 1 : 0);
  }

  /** How many samples hold each element, of so many by code. */
  counts(byCode: Uint32Array): number[] {
    const counts = this.values.map(() => 0);
    this.#combinations.forEach((held, code) => {
      for (const value of held) counts[value] += byCode[code];
    });
    return counts;
  }
}

/** Free text, in which the kernel searches, or dicts. */
export class TextColumn implements Column {
  readonly kind = "text";
  readonly missing: number;

  constructor(header: TextHeader) {
    this.missing = header.missing;
  }

  get coding(): Coding {
    return byCode(2);
  }

  lookup(condition: Condition): Uint8Array | null {
    if (isPresence(condition)) return allButLast(2);
    return isOnlyMissing(condition) ? onlyLast(2) : null;
  }
}

export type KeyColumn = RangeColumn | ValuesColumn | ElementsColumn | TextColumn;

/** The column of a header; `log` is the scale that was chosen for it, if it was. */
export function columnOf(header: CodesHeader, log?: boolean): KeyColumn {
  switch (header.kind) {
    case "range":
      return new RangeColumn(header, log);
    case "values":
      return new ValuesColumn(header);
    case "elements":
      return new ElementsColumn(header);
    case "text":
      return new TextColumn(header);
  }
}

function isOneOf(condition: Condition): ((value: Category) => boolean) | null {
  if (!isIn(condition)) return null;
  const checked = new Set(condition.in);
  return (value) => checked.has(value);
}

function onlyLast(codeCount: number): Uint8Array {
  const lookup = new Uint8Array(codeCount);
  lookup[codeCount - 1] = 1;
  return lookup;
}

function allButLast(codeCount: number): Uint8Array {
  return onlyLast(codeCount).map((passes) => 1 - passes);
}

/** Every code is a bin. */
function byCode(codeCount: number): Coding {
  const bins = Uint16Array.from({ length: codeCount }, (_, code) => code);
  return { codeCount, bins, binCount: codeCount };
}
