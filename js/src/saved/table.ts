/** The values of a saved page, by key and row. */

import { fromIso } from "../values/datetimes";
import type { Value } from "../protocol";

export interface SavedColumn {
  key: string;
  type: string;
  /** By row; null is missing. */
  values: Value[];
}

/** What values are compared as; integers beyond 2**53 are bigint, missing is null. */
export type Comparable = number | bigint | string | null;

export class SavedTable {
  readonly ids: number[];
  readonly columns: Map<string, SavedColumn>;
  readonly #rows: Map<number, number>;

  constructor(ids: number[], columns: SavedColumn[]) {
    this.ids = ids;
    this.columns = new Map(columns.map((column) => [column.key, column]));
    this.#rows = new Map(ids.map((id, row) => [id, row]));
  }

  /** The row of a sample; undefined when it is not there. */
  row(id: number): number | undefined {
    return this.#rows.get(id);
  }

  readonly has = (key: string): boolean => key === "sample_id" || !!this.#resolve(key)[0];

  /** The value of a column, or of a path such as `gps.lat` into the dicts of one. */
  value(key: string, row: number): Value {
    const [column, path] = this.#resolve(key);
    return path.reduce<Value>((value, step) => field(value, step), column?.values[row] ?? null);
  }

  /** The values of a filter key, as they are compared. */
  comparables(key: string): Comparable[] {
    const [column, path] = this.#resolve(key);
    const type = path.length ? "number" : (column?.type ?? "");
    return this.ids.map((_, row) => comparable(this.value(key, row), type));
  }

  /** A column of that very name comes before a path into a dict, the longest name first. */
  #resolve(key: string): [SavedColumn | undefined, string[]] {
    const steps = key.split(".");
    for (let length = steps.length; length > 0; length--) {
      const column = this.columns.get(steps.slice(0, length).join("."));
      if (column) return [column, steps.slice(length)];
    }
    return [undefined, []];
  }
}

function field(value: Value, step: string): Value {
  const isDict = typeof value === "object" && value !== null && !Array.isArray(value);
  return isDict && Object.hasOwn(value, step) ? value[step] : null;
}

function comparable(value: Value, type: string): Comparable {
  if (value === null || typeof value === "object") return null;
  if (type === "number") return typeof value === "number" ? value : null;
  if (type === "boolean") return Number(value);
  if (type === "datetime") return fromIso(String(value));
  if (type === "string" || typeof value === "number") return value as string | number;
  return type === "integer" ? BigInt(String(value)) : (INFINITIES.get(String(value)) ?? null);
}

const INFINITIES = new Map([
  ["inf", Infinity],
  ["-inf", -Infinity],
]);
