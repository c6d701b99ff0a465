/**
 * The geometry of the virtual grid: tiles to places, places to tiles, and a scrollbar that no
 * browser clamps.
 */

/** Height in px of the tallest scrolled element; browsers clamp theirs at 17 to 33 million px. */
export const MAX_SCROLL_HEIGHT = 10_000_000;

export interface GridOptions {
  /** Inner width of the scrolled area in px. */
  width: number;
  /** Number of tiles. */
  count: number;
  /** Wanted edge of a tile's picture in px; tiles grow or shrink a little to fill the row. */
  size: number;
  /** Space between tiles in px. */
  gap: number;
  /** Height below the square picture in px. */
  captionHeight: number;
}

export type MoveKey =
  "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End" | "PageUp" | "PageDown";

/** Tiles from `first` up to, not including, `last`. */
export interface IndexRange {
  first: number;
  last: number;
}

/** A row's first tile and the part of that row scrolled past, 0 to 1. */
export interface Anchor {
  index: number;
  within: number;
}

/**
 * Rows of square tiles in content coordinates: px from the top of a content as tall as it likes.
 * What a browser can scroll through is the business of `GridScroll`.
 */
export class GridLayout {
  readonly count: number;
  /** Tiles per row, at least 1. */
  readonly columns: number;
  readonly rowCount: number;
  /** Edge of a tile's picture in whole px. */
  readonly tileSize: number;
  readonly tileHeight: number;
  /** From one row's top to the next one's, in px. */
  readonly rowHeight: number;
  /** Height of the content in px. */
  readonly totalHeight: number;
  readonly #pitch: number;
  readonly #left: number;

  constructor({ width, count, size, gap, captionHeight }: GridOptions) {
    this.count = count;
    this.columns = columnsFor(width + gap, size, gap);
    this.rowCount = Math.ceil(count / this.columns);
    // Whole px keep pictures sharp; what is left over goes to both sides.
    this.tileSize = Math.max(1, Math.floor((width + gap) / this.columns) - gap);
    this.#pitch = this.tileSize + gap;
    this.#left = Math.max(0, Math.floor((width + gap - this.columns * this.#pitch) / 2));
    this.tileHeight = this.tileSize + captionHeight;
    this.rowHeight = this.tileHeight + gap;
    this.totalHeight = Math.max(0, this.rowCount * this.rowHeight - gap);
  }

  /** Height of the scrolled element in px. */
  get scrollHeight(): number {
    return Math.min(this.totalHeight, MAX_SCROLL_HEIGHT);
  }

  /** Place of a tile in px; `y` in content coordinates. */
  tileRect(index: number): { x: number; y: number; width: number; height: number } {
    return {
      x: this.#left + (index % this.columns) * this.#pitch,
      y: this.top(index),
      width: this.tileSize,
      height: this.tileHeight,
    };
  }

  /** Top of a tile's row in content coordinates. */
  top(index: number): number {
    return Math.floor(index / this.columns) * this.rowHeight;
  }

  /**
   * Tiles in rows that touch the window from `offset` (content coordinates) on, with `overscan`
   * rows more on each side.
   */
  visible(offset: number, viewportHeight: number, overscan = 0): IndexRange {
    const firstRow = Math.floor(offset / this.rowHeight) - overscan;
    const lastRow = Math.ceil((offset + viewportHeight) / this.rowHeight) + overscan;
    return {
      first: this.#clamp(firstRow * this.columns),
      last: this.#clamp(lastRow * this.columns),
    };
  }

  /** Where a key leads from a tile; it stays where the key leads nowhere. */
  move(index: number, key: MoveKey, viewportHeight: number): number {
    const page = Math.max(1, Math.floor(viewportHeight / this.rowHeight));
    switch (key) {
      case "ArrowLeft":
        return Math.max(0, index - 1);
      case "ArrowRight":
        return Math.min(this.count - 1, index + 1);
      case "ArrowUp":
        return this.#moveRows(index, -1);
      case "ArrowDown":
        return this.#moveRows(index, 1);
      case "PageUp":
        return this.#moveRows(index, -page);
      case "PageDown":
        return this.#moveRows(index, page);
      case "Home":
        return 0;
      case "End":
        return this.count - 1;
    }
  }

  /** The nearest offset at which a tile's whole row is in the window. */
  scrollTo(index: number, offset: number, viewportHeight: number): number {
    const top = this.top(index);
    const bottom = top + this.tileHeight;
    if (top < offset || this.tileHeight > viewportHeight) return top;
    return Math.max(offset, bottom - viewportHeight);
  }

  /** What stands at the top of the window. */
  anchorAt(offset: number): Anchor {
    const row = Math.floor(offset / this.rowHeight);
    return { index: row * this.columns, within: offset / this.rowHeight - row };
  }

  /** The offset at which an anchor stands at the top again. */
  offsetOf({ index, within }: Anchor): number {
    return this.top(index) + within * this.rowHeight;
  }

  #clamp(index: number): number {
    return Math.max(0, Math.min(this.count, index));
  }

  /** Stays in the column; the last, shorter row is reached at its end. */
  #moveRows(index: number, rows: number): number {
    const column = index % this.columns;
    const row = Math.max(0, Math.min(this.rowCount - 1, Math.floor(index / this.columns) + rows));
    return Math.min(this.count - 1, row * this.columns + column);
  }
}

/** As many tiles as leave each closest to `size`; `width` has a gap after each tile. */
function columnsFor(width: number, size: number, gap: number): number {
  const few = Math.max(1, Math.floor(width / (size + gap)));
  const edge = (columns: number): number => Math.max(1, width / columns - gap);
  return edge(few) / size <= size / edge(few + 1) ? few : few + 1;
}

/** Rest after the last scroll event before the bar is moved, in ms. */
export const SETTLE_MS = 150;

/**
 * A scroll event moves the content px by px up to this many screens, as wheel and keys do; further
 * is a jump.
 */
const NEAR_SCREENS = 2;
/**
 * Screens at both ends where bar and content go together px by px, so that both ends are exactly
 * reached.
 */
const END_SCREENS = 50;

/**
 * Keeps the content offset (px, any height) and the scrollbar (px, at most `MAX_SCROLL_HEIGHT`)
 * together.
 *
 * Up to the limit both are the same. Beyond it wheel and keys move the content px by px, jumps of
 * the bar move it in proportion, and once scrolling rests `settle` brings the bar to its
 * proportional place. A tile is placed in the scrolled element at `tileRect(i).y + shift`.
 */
export class GridScroll {
  #layout: GridLayout;
  #viewportHeight: number;
  #anchor: Anchor = { index: 0, within: 0 };
  #offset = 0;
  #scrollTop = 0;

  constructor(layout: GridLayout, viewportHeight: number) {
    this.#layout = layout;
    this.#viewportHeight = viewportHeight;
  }

  /** Top of the window in content coordinates, in px. */
  get offset(): number {
    return this.#offset;
  }

  /** The scrollTop in px that the element has, or is to be given after any call but `scrolled`. */
  get scrollTop(): number {
    return this.#scrollTop;
  }

  /**
   * From content coordinates to those of the scrolled element, in px; stays the same while the
   * wheel turns.
   */
  get shift(): number {
    return this.#scrollTop - this.#offset;
  }

  /** To be called on every scroll event with the element's scrollTop. */
  scrolled(scrollTop: number): void {
    const delta = scrollTop - this.#scrollTop;
    this.#scrollTop = scrollTop;
    const atEnd = scrollTop <= 0 || scrollTop >= this.#barEnd;
    const jumped = atEnd || Math.abs(delta) > NEAR_SCREENS * this.#viewportHeight;
    this.#moveTo(jumped ? this.#toOffset(scrollTop) : this.#offset + delta);
    this.#anchor = this.#layout.anchorAt(this.#offset);
  }

  /** To be called when nothing scrolled for `SETTLE_MS`. */
  settle(): void {
    // Whole px, because browsers round what they are given.
    this.#scrollTop = Math.round(this.#toBar(this.#offset));
  }

  /** Jumps to an offset, such as `layout.scrollTo(index, ...)`. */
  jump(offset: number): void {
    this.#moveTo(Math.round(offset));
    this.#anchor = this.#layout.anchorAt(this.#offset);
    this.settle();
  }

  /**
   * Takes a new layout or window height and keeps at the top what stood there when the user last
   * scrolled, through any number of resizes; `index` says where that is now when the rows changed.
   */
  relayout(layout: GridLayout, viewportHeight: number, index = this.#anchor.index): void {
    this.#layout = layout;
    this.#viewportHeight = viewportHeight;
    this.#anchor = { ...this.#anchor, index };
    this.#moveTo(Math.round(layout.offsetOf(this.#anchor)));
    this.settle();
  }

  get #end(): number {
    return Math.max(0, this.#layout.totalHeight - this.#viewportHeight);
  }

  get #barEnd(): number {
    return Math.max(0, this.#layout.scrollHeight - this.#viewportHeight);
  }

  /** Px at both ends in which bar and content go together. */
  get #near(): number {
    return Math.min(END_SCREENS * this.#viewportHeight, this.#barEnd / 4);
  }

  #moveTo(offset: number): void {
    this.#offset = Math.max(0, Math.min(this.#end, offset));
  }

  #toOffset(bar: number): number {
    return convert(bar, this.#barEnd, this.#end, this.#near);
  }

  #toBar(offset: number): number {
    return convert(offset, this.#end, this.#barEnd, this.#near);
  }
}

/**
 * Carries a position on a length over to another length: within `near` of the ends unchanged,
 * between in proportion.
 */
function convert(position: number, length: number, other: number, near: number): number {
  if (length === other || position <= near) return position;
  if (position >= length - near) return other - (length - position);
  return near + ((position - near) * (other - 2 * near)) / (length - 2 * near);
}
