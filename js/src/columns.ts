/** Filter keys in the browser: what a condition means as a lookup over a column's codes. */

import type { CodeColumn } from "./crossfilter";
import type {
  Category,
  Condition,
  Edge,
  InCondition,
  RangeCondition,
  RangeHeader,
  ValuesHeader,
} from "./protocol";
import { RangeScale } from "./scale";

type Codes = CodeColumn["codes"];

/** A numeric or datetime key with a slider. */
export class RangeColumn {
  readonly kind = "range";
  readonly scale: RangeScale;
  readonly missing: number;
  readonly #codes: Codes;
  low = 0;
  high: number;
  /** Kept while there is no filter: it speaks of the next narrowing. */
  includeMissing = false;

  /** `extra`: edges that were asked for beyond the column's own. */
  constructor(header: RangeHeader, codes: Codes, extra: Edge[] = []) {
    this.scale = new RangeScale(header, extra);
    this.missing = header.missing;
    this.high = Math.max(0, this.scale.last);
    this.#codes = codes;
  }

  get codeColumn(): CodeColumn {
    const { codeCount, bins, binCount } = this.scale;
    return { codes: this.#codes, codeCount, bins, binCount };
  }

  get condition(): RangeCondition | null {
    return this.scale.toCondition(this.low, this.high, this.includeMissing);
  }

  /** Bounds of a condition that the codes cannot express: the column is needed with these edges. */
  extraEdges(condition: RangeCondition): Edge[] {
    return this.scale.fromCondition(condition).extra;
  }

  /** Moves the thumbs to a condition, and gives its lookup. */
  apply(condition: RangeCondition): Uint8Array {
    const { lo, hi, missing, passes } = this.scale.fromCondition(condition);
    [this.low, this.high, this.includeMissing] = [lo, hi, missing];
    return passes;
  }

  reset(): void {
    this.low = 0;
    this.high = Math.max(0, this.scale.last);
  }
}

/** A boolean key, or a text key with few distinct values. */
export class ValuesColumn {
  readonly kind = "values";
  readonly missing: number;
  /** By code; missing comes last, as null, where samples lack the key. */
  readonly values: Category[];
  readonly #codes: Codes;
  readonly #codeCount: number;
  #checked = new Set<Category>();

  constructor(header: ValuesHeader, codes: Codes) {
    this.missing = header.missing;
    this.values = header.missing ? [...header.values, null] : header.values;
    this.#codes = codes;
    this.#codeCount = header.values.length + 1;
  }

  get codeColumn(): CodeColumn {
    const bins = Uint16Array.from({ length: this.#codeCount }, (_, code) => code);
    return { codes: this.#codes, codeCount: this.#codeCount, bins, binCount: this.#codeCount };
  }

  isChecked(value: Category): boolean {
    return this.#checked.has(value);
  }

  toggled(value: Category, checked: boolean): InCondition | null {
    const values = new Set(this.#checked);
    if (checked) values.add(value);
    else values.delete(value);
    return values.size ? { in: [...values] } : null;
  }

  apply(condition: InCondition): Uint8Array {
    this.#checked = new Set(condition.in);
    const lookup = new Uint8Array(this.#codeCount);
    this.values.forEach((value, code) => (lookup[code] = Number(this.#checked.has(value))));
    return lookup;
  }

  reset(): void {
    this.#checked = new Set();
  }
}

export type FilterColumn = RangeColumn | ValuesColumn;

export function isRange(condition: Condition): condition is RangeCondition {
  return "missing" in condition;
}

export function isIn(condition: Condition): condition is InCondition {
  return "in" in condition;
}
