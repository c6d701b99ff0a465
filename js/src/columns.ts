/** Filter keys in the browser: what a condition means as a lookup over a column's codes. */

import type { Coding } from "./codecolumn";
import type {
  Category,
  CodesHeader,
  Condition,
  Edge,
  ElementsHeader,
  InCondition,
  RangeCondition,
  RangeHeader,
  TextHeader,
  ValuesHeader,
} from "./protocol";
import { RangeScale } from "./scale";

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
  /** Kept while there is no filter: it speaks of the next narrowing. */
  includeMissing = false;

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
    const fitting = log && this.#header.log;
    const column = new RangeColumn(this.#header, fitting);
    column.includeMissing = this.includeMissing;
    return column;
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
    return coded ? this.scale.fromCondition(condition).extra : [];
  }

  /** Where the thumbs stand; null is no condition. */
  thumbs(condition: Condition | null): { low: number; high: number } {
    if (!condition || !isRange(condition)) return { low: 0, high: Math.max(0, this.scale.last) };
    const { lo, hi } = this.scale.fromCondition(condition);
    return { low: lo, high: hi };
  }

  lookup(condition: Condition): Uint8Array | null {
    if (isRange(condition)) {
      this.includeMissing = condition.missing;
      return this.scale.holds(condition) ? this.scale.fromCondition(condition).passes : null;
    }
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
    if (!isIn(condition)) return null;
    const checked = new Set(condition.in);
    const lookup = new Uint8Array(this.#codeCount);
    this.values.forEach((value, code) => (lookup[code] = Number(checked.has(value))));
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

/** Free text, in which the kernel searches. */
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
    return isOnlyMissing(condition) ? onlyLast(2) : null;
  }
}

export type FilterColumn = RangeColumn | ValuesColumn | ElementsColumn | TextColumn;

export function columnOf(header: CodesHeader): FilterColumn {
  switch (header.kind) {
    case "range":
      return new RangeColumn(header);
    case "values":
      return new ValuesColumn(header);
    case "elements":
      return new ElementsColumn(header);
    case "text":
      return new TextColumn(header);
  }
}

/** The values that a condition asks for. */
export function wantedOf(condition: Condition | null): Category[] {
  if (!condition) return [];
  return isIn(condition) ? condition.in : isContains(condition) ? [condition.contains] : [];
}

export function isRange(condition: Condition): condition is RangeCondition {
  return "missing" in condition;
}

export function isIn(condition: Condition): condition is InCondition {
  return "in" in condition;
}

function isContains(condition: Condition): condition is { contains: Exclude<Category, null> } {
  return "contains" in condition;
}

function isOnlyMissing(condition: Condition): boolean {
  return isIn(condition) && condition.in.length === 1 && condition.in[0] === null;
}

function onlyLast(codeCount: number): Uint8Array {
  const lookup = new Uint8Array(codeCount);
  lookup[codeCount - 1] = 1;
  return lookup;
}

/** Every code is a bin. */
function byCode(codeCount: number): Coding {
  const bins = Uint16Array.from({ length: codeCount }, (_, code) => code);
  return { codeCount, bins, binCount: codeCount };
}
