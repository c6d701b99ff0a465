/** A filter key as the components see it. */

import { type FilterColumn, isIn, RangeColumn, TextColumn, wantedOf } from "./columns";
import type { ColumnHistogram } from "./answer";
import type { ColumnInfo, Condition } from "./protocol";
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
