/** The geometry of the virtual grid: tiles to places, and places to tiles. */

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

/** In px from the top left of the content. */
export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
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

  /** The tiles that an area meets, by row; in content coordinates. */
  meeting({ left, top, right, bottom }: Area): IndexRange[] {
    const column = (x: number): number => (x - this.#left) / this.#pitch;
    const firstColumn = Math.max(0, Math.ceil(column(left + 1) - this.tileSize / this.#pitch));
    const lastColumn = Math.min(this.columns - 1, Math.floor(column(right)));
    const firstRow = Math.max(0, Math.ceil((top - this.tileHeight) / this.rowHeight));
    const lastRow = Math.min(this.rowCount - 1, Math.floor(bottom / this.rowHeight));
    const ranges: IndexRange[] = [];
    for (let row = firstRow; row <= lastRow && firstColumn <= lastColumn; row++) {
      const start = row * this.columns;
      const range = {
        first: start + firstColumn,
        last: Math.min(this.count, start + lastColumn + 1),
      };
      if (range.first < range.last) ranges.push(range);
    }
    return ranges;
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
