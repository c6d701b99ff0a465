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

/** A row's first tile and how many rows further the window's top is, mostly 0 to 1. */
export interface Anchor {
  index: number;
  within: number;
}

/**
 * Rows of square tiles in content coordinates: px from the top of a content as tall as it likes.
 * What a browser can scroll through is the business of `GridScroll`.
 *
 * Everything is said in terms of rows, of which `SectionLayout` has others.
 */
export class GridLayout {
  readonly count: number;
  /** Tiles per row, at least 1. */
  readonly columns: number;
  /** Edge of a tile's picture in whole px. */
  readonly tileSize: number;
  readonly tileHeight: number;
  /** From one row's top to the next one's, in px. */
  readonly rowHeight: number;
  protected readonly gap: number;
  readonly #pitch: number;
  readonly #left: number;

  constructor({ width, count, size, gap, captionHeight }: GridOptions) {
    this.count = count;
    this.columns = columnsFor(width + gap, size, gap);
    // Whole px keep pictures sharp; what is left over goes to both sides.
    this.tileSize = Math.max(1, Math.floor((width + gap) / this.columns) - gap);
    this.#pitch = this.tileSize + gap;
    this.#left = Math.max(0, Math.floor((width + gap - this.columns * this.#pitch) / 2));
    this.tileHeight = this.tileSize + captionHeight;
    this.rowHeight = this.tileHeight + gap;
    this.gap = gap;
  }

  get rowCount(): number {
    return Math.ceil(this.count / this.columns);
  }

  /** Height of the content in px. */
  get totalHeight(): number {
    return Math.max(0, this.rowCount * this.rowHeight - this.gap);
  }

  /** Px at the top of the window that stand over the tiles. */
  get cover(): number {
    return 0;
  }

  rowOf(index: number): number {
    return Math.floor(index / this.columns);
  }

  columnOf(index: number): number {
    return index % this.columns;
  }

  /** The tiles of a row; of rows before or after all, none. */
  tilesOf(row: number): IndexRange {
    const start = row * this.columns;
    return { first: this.#clamp(start), last: this.#clamp(start + this.columns) };
  }

  /** Top of a row in content coordinates. */
  topOf(row: number): number {
    return row * this.rowHeight;
  }

  /** How many rows begin above a place in content coordinates; `orAt` counts one at it too. */
  rowsAbove(y: number, orAt = false): number {
    const rows = orAt ? Math.floor(y / this.rowHeight) + 1 : Math.ceil(y / this.rowHeight);
    return Math.max(0, Math.min(this.rowCount, rows));
  }

  /** The tiles that an area meets, by row; in content coordinates. */
  meeting({ left, top, right, bottom }: Area): IndexRange[] {
    const column = (x: number): number => (x - this.#left) / this.#pitch;
    const firstColumn = Math.max(0, Math.ceil(column(left + 1) - this.tileSize / this.#pitch));
    const lastColumn = Math.min(this.columns - 1, Math.floor(column(right)));
    const end = this.rowsAbove(bottom, true);
    const ranges: IndexRange[] = [];
    for (let row = this.rowsAbove(top - this.tileHeight); row < end; row++) {
      const tiles = this.tilesOf(row);
      const first = tiles.first + firstColumn;
      const last = Math.min(tiles.last, tiles.first + lastColumn + 1);
      if (first < last) ranges.push({ first, last });
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
      x: this.#left + this.columnOf(index) * this.#pitch,
      y: this.top(index),
      width: this.tileSize,
      height: this.tileHeight,
    };
  }

  /** Top of a tile's row in content coordinates. */
  top(index: number): number {
    return this.topOf(this.rowOf(index));
  }

  /**
   * Tiles in rows that touch the window from `offset` (content coordinates) on, with `overscan`
   * rows more on each side.
   */
  visible(offset: number, viewportHeight: number, overscan = 0): IndexRange {
    const end = this.rowsAbove(offset + viewportHeight) + overscan;
    return {
      first: this.tilesOf(this.#rowAt(offset) - overscan).first,
      last: this.tilesOf(end - 1).last,
    };
  }

  /**
   * Where a key leads from a tile; it stays where the key leads nowhere. Up and down keep the
   * column, or come back to that of `wish`.
   */
  move(index: number, key: MoveKey, viewportHeight: number, wish = this.columnOf(index)): number {
    const row = this.rowOf(index);
    const rows = Math.max(1, Math.floor((viewportHeight - this.cover) / this.rowHeight));
    const [top, page] = [this.topOf(row), rows * this.rowHeight];
    switch (key) {
      case "ArrowLeft":
        return Math.max(0, index - 1);
      case "ArrowRight":
        return Math.min(this.count - 1, index + 1);
      case "ArrowUp":
        return this.#tileIn(row - 1, wish);
      case "ArrowDown":
        return this.#tileIn(row + 1, wish);
      case "PageUp":
        return this.#tileIn(Math.min(row - 1, this.rowsAbove(top - page)), wish);
      case "PageDown":
        return this.#tileIn(Math.max(row + 1, this.rowsAbove(top + page, true) - 1), wish);
      case "Home":
        return 0;
      case "End":
        return this.count - 1;
    }
  }

  /** The nearest offset at which a tile's whole row is in the window. */
  scrollTo(index: number, offset: number, viewportHeight: number): number {
    const top = this.top(index);
    const covered = top - this.cover;
    const bottom = top + this.tileHeight;
    if (covered < offset || bottom - covered > viewportHeight) return covered;
    return Math.max(offset, bottom - viewportHeight);
  }

  /** What stands at the top of the window. */
  anchorAt(offset: number): Anchor {
    const at = offset + this.cover;
    const row = Math.max(0, Math.min(this.rowCount - 1, this.#rowAt(at)));
    const within = (at - this.topOf(row)) / this.rowHeight;
    return { index: this.tilesOf(row).first, within };
  }

  /** The offset at which an anchor stands at the top again. */
  offsetOf({ index, within }: Anchor): number {
    return this.top(index) + within * this.rowHeight - this.cover;
  }

  /** The row that a place is in, with the space after it, or the next one. */
  #rowAt(y: number): number {
    return this.rowsAbove(y - this.rowHeight, true);
  }

  #clamp(index: number): number {
    return Math.max(0, Math.min(this.count, index));
  }

  /** The tile of a row in a column; a shorter row is reached at its end. */
  #tileIn(row: number, column: number): number {
    const { first, last } = this.tilesOf(Math.max(0, Math.min(this.rowCount - 1, row)));
    return Math.min(last - 1, first + column);
  }
}

/** As many tiles as leave each closest to `size`; `width` has a gap after each tile. */
function columnsFor(width: number, size: number, gap: number): number {
  const few = Math.max(1, Math.floor(width / (size + gap)));
  const edge = (columns: number): number => Math.max(1, width / columns - gap);
  return edge(few) / size <= size / edge(few + 1) ? few : few + 1;
}
