/** How pictures stand beside each other. */

import { fitted, type Size } from "../ui/zoom";

/** The shape of most photos, for pictures of which none is known. */
const USUAL: Size = { width: 3, height: 2 };

/** Of each pane, below its picture. */
export const NAME_PX = 30;

/** The number of columns in which pictures of these shapes are largest. */
export function columnsFor(count: number, room: Size, shapes: readonly Size[]): number {
  const known = shapes.length ? shapes : [USUAL];
  let [best, largest] = [1, 0];
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const pane = { width: room.width / columns, height: room.height / rows - NAME_PX };
    const least = Math.min(...known.map((shape) => fitted(shape, pane).width / shape.width));
    if (least > largest) [best, largest] = [columns, least];
  }
  return best;
}
