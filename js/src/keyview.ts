/** A filter key as the components see it. */

import { type FilterColumn, isIn, RangeColumn, TextColumn, wantedOf } from "./columns";
import type { Answer, ColumnHistogram } from "./answer";
import type { ColumnInfo, Condition, Filters } from "./protocol";
import type { KeyView } from "./view";

/** A key whose codes are not here. */
export function bareKey(info: ColumnInfo, condition: Condition | null): KeyView {
  return { ...info, condition, missing: 0, complete: true, range: null, values: null };
}

/** A key with its column under the filters in force. */
export function keyView(
  info: ColumnInfo,
  condition: Condition | null,
  column: FilterColumn,
  histogram: ColumnHistogram,
): KeyView {
  const view = { ...bareKey(info, condition), missing: column.missing };
  if (column instanceof RangeColumn) {
    const { scale, includeMissing } = column;
    return { ...view, range: { scale, ...column.thumbs(condition), includeMissing, histogram } };
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
    columns: ReadonlyMap<string, FilterColumn>,
    filters: Filters,
    answer: Answer,
  ): KeyView[] {
    for (const [key, histogram] of answer.histograms) {
      const known = this.#histograms.get(key);
      if (!known || !isSame(known, histogram)) this.#histograms.set(key, histogram);
    }
    const all = infos.map((info) => {
      return this.#view(info, columns.get(info.key), filters[info.key] ?? null);
    });
    const isNew = all.length !== this.#all.length || all.some((view, i) => view !== this.#all[i]);
    if (isNew) this.#all = all;
    return this.#all;
  }

  #view(info: ColumnInfo, column: FilterColumn | undefined, condition: Condition | null): KeyView {
    const { key } = info;
    const histogram = this.#histograms.get(key);
    const missing = column instanceof RangeColumn && column.includeMissing;
    const of = [info, column, histogram, condition, missing];
    const known = this.#views.get(key);
    if (known && of.every((part, index) => part === known.of[index])) return known.view;
    // Another scale has other bins, for which the answer may be under way.
    if (known && histogram && histogram.all.length !== column?.coding.binCount) return known.view;
    const view =
      column && histogram ? keyView(info, condition, column, histogram) : bareKey(info, condition);
    this.#views.set(key, { of, view });
    return view;
  }
}

function isSame(a: ColumnHistogram, b: ColumnHistogram): boolean {
  const alike = (a: Uint32Array, b: Uint32Array): boolean =>
    a.length === b.length && a.every((count, bin) => count === b[bin]);
  return a.missing === b.missing && alike(a.matching, b.matching) && alike(a.all, b.all);
}
