/** The format of each key, made once as long as what it is made of is the same. */

import { type KeyColumn, RangeColumn } from "../engine/codecolumns";
import { KeyFormat } from "../values/keyformat";
import type { ColumnInfo } from "../protocol";
import type { RangeScale } from "../values/scale";

export class KeyFormats {
  readonly #made = new WeakMap<ColumnInfo, { scale: RangeScale | null; format: KeyFormat }>();

  of(info: ColumnInfo, column: KeyColumn | undefined): KeyFormat {
    const scale = column instanceof RangeColumn ? column.scale : null;
    const made = this.#made.get(info);
    if (made && made.scale === scale) return made.format;
    const format = new KeyFormat(info, scale?.steps);
    this.#made.set(info, { scale, format });
    return format;
  }
}
