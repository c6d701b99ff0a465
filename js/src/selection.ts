/** What a click or a key press on a tile does to the selection. */

/** `toggle`: Ctrl or Command is held; `extend`: Shift is held. */
export interface SelectMode {
  toggle: boolean;
  extend: boolean;
}

export interface Selected {
  /** Sample ids. */
  selected: Set<number>;
  /** Grid position from which Shift extends. */
  anchor: number;
}

/**
 * The selection after the tile at grid position `index` was picked.
 *
 * Plainly it becomes the only one; with `toggle` it joins or leaves; with `extend` everything from
 * the anchor to it is selected, in place of the old selection or, with `toggle` too, in addition to
 * it.
 */
export function select(
  current: ReadonlySet<number>,
  anchor: number | null,
  index: number,
  mode: SelectMode,
  idAt: (index: number) => number,
): Selected {
  if (mode.extend) {
    const from = anchor ?? index;
    const selected = new Set(mode.toggle ? current : []);
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) selected.add(idAt(i));
    return { selected, anchor: from };
  }
  const id = idAt(index);
  if (!mode.toggle) return { selected: new Set([id]), anchor: index };
  const selected = new Set(current);
  if (!selected.delete(id)) selected.add(id);
  return { selected, anchor: index };
}
