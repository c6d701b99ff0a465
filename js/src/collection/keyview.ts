/** A filter key as the components see it. */

import { type KeyColumn, RangeColumn, TextColumn } from "../engine/codecolumns";
import { isIn, wantedOf, type Filters } from "../values/conditions";
import type { Result, ColumnHistogram } from "../engine/types";
import type { ColumnInfo, Condition } from "../protocol";
import type { RangeScale } from "../values/scale";
import type { KeyView } from "../view";

/** What of the keys is here. */
interface LoadedColumns {
  columns: ReadonlyMap<string, KeyColumn>;
  problemOf(key: string): string | null;
  heldScale(key: string): RangeScale | undefined;
}

/** A key whose codes are not here. */
export function bareKey(
  info: ColumnInfo,
  condition: Condition | null,
  problem: string | null = null,
): KeyView {
  return { ...info, condition, problem, missing: 0, complete: true, range: null, values: null };
}

/** A key with its column under the filters that are asked for. */
export function keyView(
  info: ColumnInfo,
  condition: Condition | null,
  column: KeyColumn,
  histogram: ColumnHistogram,
): KeyView {
  const view = { ...bareKey(info, condition), missing: column.missing };
  if (column instanceof RangeColumn) {
    return { ...view, range: { scale: column.scale, axis: column.scale, histogram } };
  }
  if (column instanceof TextColumn) {
    const checked = condition !== null && isIn(condition);
    const missing = { value: null, count: histogram.matching[1], checked };
    return { ...view, values: column.missing ? [missing] : [] };
  }
  const counts = column.counts(histogram.matching);
  const wanted = new Set(wantedOf(condition));
  const values = column.values.map((value, i) => {
    return { value, count: counts[i], checked: wanted.has(value) };
  });
  return { ...view, values, complete: !("isComplete" in column) || column.isComplete };
}

/** All filter keys; they and each of them stay the same object as long as nothing changes it. */
export class KeyViews {
  /** The latest of each key, those too that no answer brings any more. */
  readonly #histograms = new Map<string, ColumnHistogram>();
  readonly #views = new Map<string, { of: unknown[]; view: KeyView }>();
  #all: KeyView[] = [];

  of(
    infos: readonly ColumnInfo[],
    loaded: LoadedColumns,
    filters: Filters,
    answer: Result,
  ): KeyView[] {
    for (const [key, histogram] of answer.histograms) {
      const known = this.#histograms.get(key);
      if (!known || !isSame(known, histogram)) this.#histograms.set(key, histogram);
    }
    const all = infos.map((info) => this.#view(info, loaded, filters.get(info.key) ?? null));
    const isNew = all.length !== this.#all.length || all.some((view, i) => view !== this.#all[i]);
    if (isNew) this.#all = all;
    return this.#all;
  }

  #view(info: ColumnInfo, loaded: LoadedColumns, condition: Condition | null): KeyView {
    const { key } = info;
    const [column, axis] = [loaded.columns.get(key), loaded.heldScale(key)];
    const histogram = this.#histograms.get(key);
    const problem = loaded.problemOf(key);
    const of = [info, column, histogram, condition, axis, problem];
    const known = this.#views.get(key);
    if (known && of.every((part, index) => part === known.of[index])) return known.view;
    const view = this.#made(info, condition, column, histogram, known?.view);
    if (view.range && axis) view.range.axis = axis;
    view.problem = problem ?? view.problem;
    this.#views.set(key, { of, view });
    return view;
  }

  #made(
    info: ColumnInfo,
    condition: Condition | null,
    column: KeyColumn | undefined,
    histogram: ColumnHistogram | undefined,
    before: KeyView | undefined,
  ): KeyView {
    // Another scale has other bins, for which the answer may be under way; a column that nobody
    // looked at may be pulled again. What was typed there stays.
    const isUnderWay = !column || histogram?.all.length !== column.coding.binCount;
    if (isUnderWay && before?.kind === info.kind) return carriedOver(before, info, condition);
    if (!column || !histogram) return bareKey(info, condition);
    try {
      return keyView(info, condition, column, histogram);
    } catch (error) {
      return bareKey(info, condition, String(error));
    }
  }
}

/** What was known of a key, with the condition of now. */
function carriedOver(before: KeyView, info: ColumnInfo, condition: Condition | null): KeyView {
  const wanted = new Set(wantedOf(condition));
  const values = before.values?.map((item) => ({ ...item, checked: wanted.has(item.value) }));
  const range = before.range && { ...before.range };
  return { ...before, ...info, condition, problem: null, range, values: values ?? null };
}

function isSame(a: ColumnHistogram, b: ColumnHistogram): boolean {
  const alike = (a: Uint32Array, b: Uint32Array): boolean =>
    a.length === b.length && a.every((count, bin) => count === b[bin]);
  return a.missing === b.missing && alike(a.matching, b.matching) && alike(a.all, b.all);
}
