/** The geometry of a grid in sections: headers, and the rows of tiles below each. */

import { GridLayout, type GridOptions, type IndexRange } from "./gridlayout";
import { countUpTo } from "./search";

/** Height of a section's header in px. */
export const HEADER_HEIGHT = 36;

/**
 * Sections one below the other, each a header and rows of its own; one without tiles is its header
 * only. Prefix sums and binary search: the time for a place grows by no more than a step where
 * there are twice as many sections.
 */
export class SectionLayout extends GridLayout {
  /** By section, and at the end of all: the first tile, the first row, and the top of the header in px. */
  readonly #tiles: Float64Array;
  readonly #rows: Float64Array;
  readonly #tops: Float64Array;

  /** `sizes`: tiles that show of each section, which together are `options.count`. */
  constructor(options: GridOptions, sizes: ArrayLike<number>) {
    super(options);
    const length = sizes.length + 1;
    this.#tiles = new Float64Array(length);
    this.#rows = new Float64Array(length);
    this.#tops = new Float64Array(length);
    for (let section = 0; section < sizes.length; section++) {
      const rows = Math.ceil(sizes[section] / this.columns);
      this.#tiles[section + 1] = this.#tiles[section] + sizes[section];
      this.#rows[section + 1] = this.#rows[section] + rows;
      this.#tops[section + 1] = this.#tops[section] + HEADER_HEIGHT + rows * this.rowHeight;
    }
  }

  get sectionCount(): number {
    return this.#tops.length - 1;
  }

  override get rowCount(): number {
    return this.#rows[this.sectionCount];
  }

  override get totalHeight(): number {
    const end = this.sectionCount;
    if (!end) return 0;
    const isOpen = this.#rows[end] > this.#rows[end - 1];
    return this.#tops[end] - (isOpen ? this.gap : 0);
  }

  /** The header of the section at the top stays there. */
  override get cover(): number {
    return HEADER_HEIGHT;
  }

  /** The section of a tile. */
  sectionOf(index: number): number {
    return this.#among(this.#tiles, index);
  }

  /** The section that a place in content coordinates is in; the first or last beyond the ends. */
  sectionAt(y: number): number {
    return this.#among(this.#tops, y);
  }

  /** Tops of a section's header and of the next one's, in content coordinates. */
  sectionSpan(section: number): { top: number; bottom: number } {
    return { top: this.#tops[section], bottom: this.#tops[section + 1] };
  }

  /** The sections that a window shows something of. */
  visibleSections(offset: number, viewportHeight: number): IndexRange {
    if (!this.sectionCount) return { first: 0, last: 0 };
    return { first: this.sectionAt(offset), last: this.sectionAt(offset + viewportHeight) + 1 };
  }

  /** The nearest offset at which a section's header is in the window. */
  scrollToSection(section: number, offset: number, viewportHeight: number): number {
    const { top } = this.sectionSpan(section);
    return Math.max(top + HEADER_HEIGHT - viewportHeight, Math.min(top, offset));
  }

  override rowOf(index: number): number {
    const section = this.sectionOf(index);
    return this.#rows[section] + Math.floor((index - this.#tiles[section]) / this.columns);
  }

  override columnOf(index: number): number {
    return (index - this.#tiles[this.sectionOf(index)]) % this.columns;
  }

  override tilesOf(row: number): IndexRange {
    if (row < 0) return { first: 0, last: 0 };
    if (row >= this.rowCount) return { first: this.count, last: this.count };
    const section = this.#among(this.#rows, row);
    const first = this.#tiles[section] + (row - this.#rows[section]) * this.columns;
    return { first, last: Math.min(this.#tiles[section + 1], first + this.columns) };
  }

  override topOf(row: number): number {
    const section = this.#among(this.#rows, row);
    return this.#firstRowTop(section) + (row - this.#rows[section]) * this.rowHeight;
  }

  override rowsAbove(y: number, orAt = false): number {
    if (!this.sectionCount) return 0;
    const section = this.sectionAt(y);
    const rows = (y - this.#firstRowTop(section)) / this.rowHeight;
    const own = this.#rows[section + 1] - this.#rows[section];
    const above = orAt ? Math.floor(rows) + 1 : Math.ceil(rows);
    return this.#rows[section] + Math.max(0, Math.min(own, above));
  }

  #firstRowTop(section: number): number {
    return this.#tops[section] + HEADER_HEIGHT;
  }

  /** The last section that begins at or before `value` in one of the three arrays. */
  #among(begins: Float64Array, value: number): number {
    return Math.max(0, Math.min(this.sectionCount, countUpTo(begins, value)) - 1);
  }
}
