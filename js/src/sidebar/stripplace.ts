/** Where the pictures of a slider stand: above it, or below it where there is no room, in the card. */

import { EDGE } from "./strip.svelte";

const [GAP, PADDING, MARGIN] = [4, 5, 4];
/** What stands below a slider and belongs to it: its ends. */
const ENDS_PX = 24;

type Box = Pick<DOMRectReadOnly, "left" | "right" | "top" | "bottom">;

/** In px of the window. */
export interface Boxes {
  card: Box;
  slider: Box;
  track: Box;
}

/** Width in px of so many pictures. */
export function stripWidth(count: number): number {
  return count * EDGE + Math.max(0, count - 1) * GAP + 2 * PADDING;
}

export const STRIP_HEIGHT = EDGE + 2 * PADDING;

/** The upper left corner of so many pictures of a thumb at a fraction of the track. */
export function stripPlace(
  { card, slider, track }: Boxes,
  fraction: number,
  count: number,
): { left: number; top: number } {
  const width = stripWidth(count);
  const middle = track.left + fraction * (track.right - track.left);
  const least = card.left + MARGIN;
  const most = card.right - MARGIN - width;
  const above = slider.top - MARGIN - STRIP_HEIGHT;
  const hasRoom = above >= Math.max(0, card.top) + MARGIN;
  return {
    left: Math.max(least, Math.min(most, middle - width / 2)),
    top: hasRoom ? above : slider.bottom + ENDS_PX,
  };
}
