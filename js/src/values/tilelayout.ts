/** Where tiles are, by the settings. */

import { GridLayout } from "./gridlayout";
import { rowCount } from "./captions";

const GAP = 8;
/** Above and below the tiles. */
const PADDING = 10;
const CAPTION_HEIGHT = 18;

interface Sizes {
  captions: readonly string[];
  thumbnailSize: number;
}

/** So many tiles in a width in px, in an order by keys that may add rows of text to each. */
export function layoutOf(
  settings: Sizes,
  order: readonly string[],
  width: number,
  count: number,
): GridLayout {
  return new GridLayout({
    width,
    count,
    size: settings.thumbnailSize,
    gap: GAP,
    captionHeight: CAPTION_HEIGHT * rowCount(order, settings.captions),
  });
}

/** What all of a layout takes with the padding, in px. */
export function wholeHeight({ totalHeight }: GridLayout): number {
  return totalHeight + 2 * PADDING;
}
