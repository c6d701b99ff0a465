/** A filter key as the components see it. */

import { type FilterColumn, RangeColumn } from "./columns";
import type { ColumnHistogram } from "./crossfilter";
import type { ColumnInfo } from "./protocol";
import type { KeyView } from "./view";

/** A key whose codes are not here. */
export function bareKey(info: ColumnInfo, active: boolean): KeyView {
  return { ...info, active, missing: 0, range: null, values: null };
}

/** A key with its column under the filters in force. */
export function keyView(
  info: ColumnInfo,
  active: boolean,
  column: FilterColumn,
  histogram: ColumnHistogram,
): KeyView {
  const view = { ...bareKey(info, active), missing: column.missing };
  if (column instanceof RangeColumn) {
    const { scale, low, high, includeMissing } = column;
    return { ...view, range: { scale, low, high, includeMissing, histogram } };
  }
  const values = column.values.map((value, code) => ({
    value,
    count: histogram.matching[code],
    checked: column.isChecked(value),
  }));
  return { ...view, values };
}
