/** A scrollbar that no browser clamps, over a grid of any height. */

import type { Anchor, GridLayout } from "../values/gridlayout";

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

  /**
   * Takes a new layout or window height, and goes to an offset in it; what stood at the top when
   * the user last scrolled may be kept again later.
   */
  relayoutTo(layout: GridLayout, viewportHeight: number, offset: number): void {
    this.#layout = layout;
    this.#viewportHeight = viewportHeight;
    this.#moveTo(Math.round(offset));
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
