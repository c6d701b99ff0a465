/** Where tiles are, by the settings. */

import { GridLayout } from "./gridlayout";
import { rowCount } from "./captions";
import { HEADER_HEIGHT, SectionLayout } from "./sectionlayout";

const GAP = 8;
/** Above and below the tiles. */
const PADDING = 10;
const CAPTION_HEIGHT = 18;

interface Sizes {
  captions: readonly string[];
  thumbnailSize: number;
}

/**
 * So many tiles in a width in px, in an order by keys that may add rows of text to each; in
 * sections where it is said how many tiles each has.
 */
export function layoutOf(
  settings: Sizes,
  order: readonly string[],
  width: number,
  count: number,
  sections: ArrayLike<number> | null = null,
): GridLayout {
  const options = {
    width,
    count,
    size: settings.thumbnailSize,
    gap: GAP,
    captionHeight: CAPTION_HEIGHT * rowCount(order, settings.captions),
  };
  return sections ? new SectionLayout(options, sections) : new GridLayout(options);
}

/** What all of a layout takes with the padding, in px; in so many sections, what it takes at most. */
export function wholeHeight({ totalHeight, rowHeight }: GridLayout, sections = 0): number {
  return totalHeight + 2 * PADDING + sections * (HEADER_HEIGHT + rowHeight);
}
