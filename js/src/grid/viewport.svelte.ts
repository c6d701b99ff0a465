/** What of the grid is on the screen, and the place kept in it. */

import { GridScroll, SETTLE_MS } from "./scroll";
import type { GridLayout, IndexRange } from "../values/gridlayout";
import type { Settings, TilesView } from "../view";
import { layoutOf, wholeHeight } from "../values/tilelayout";

const OVERSCAN = 1;
/** Long edge of a photograph whose short edge fills a tile; what is longer still is a little blurred. */
const FILL_FACTOR = 1.5;

type ViewportSettings = Pick<Settings, "thumbnailSize" | "captions" | "fill">;

export class Viewport {
  readonly #tiles: TilesView;
  readonly #settings: ViewportSettings;
  readonly #scroll: GridScroll;
  /** What the element's scrollTop is; reading it there would force a layout. */
  #scrollTop = 0;
  #element: HTMLElement | undefined;
  /**
   * Samples on the screen when the user last scrolled; none at the top.
   * The first that is still there marks the place to keep while filters, sort and data change.
   */
  #seen: number[] = [];
  #settling: ReturnType<typeof setTimeout> | undefined;

  #width = $state(0);
  #height = $state(0);
  #offset = $state(0);
  #shift = $state(0);
  #moving = $state(false);
  /** Moving by more than a screen at once: nothing is worth loading before it rests. */
  #hurried = $state(false);

  readonly layout: GridLayout = $derived.by(() => this.#layoutOf(this.#tiles.count));
  /** What all samples take with the padding, whatever the filters: filtering moves nothing around it. */
  readonly wholeHeight: number = $derived.by(() => wholeHeight(this.#layoutOf(this.#tiles.total)));
  readonly inner: IndexRange = $derived.by(() => this.layout.visible(this.#offset, this.#height));
  /** Elements that are enough for any scroll position. */
  readonly pool: number = $derived.by(() => {
    const rows = Math.ceil(this.#height / this.layout.rowHeight) + 1 + 2 * OVERSCAN;
    return this.#height ? rows * this.layout.columns : 0;
  });
  /** As many tiles as there are elements, so that none comes and goes while scrolling. */
  readonly outer: IndexRange = $derived.by(() => {
    const { first } = this.layout.visible(this.#offset, this.#height, OVERSCAN);
    return { first, last: Math.min(this.layout.count, first + this.pool) };
  });

  /** To be called while a component is set up. */
  constructor(tiles: TilesView, settings: ViewportSettings) {
    this.#tiles = tiles;
    this.#settings = settings;
    this.#scroll = new GridScroll(this.layout, 0);
    $effect(() => this.#relayout());
    $effect(() => this.#show());
  }

  get height(): number {
    return this.#height;
  }
  /** Px that the tiles stand lower than in the layout. */
  get shift(): number {
    return this.#shift;
  }
  get moving(): boolean {
    return this.#moving;
  }

  /** Place of a tile in the scrolled element, in px. */
  placeOf(index: number): { x: number; y: number } {
    const { x, y } = this.layout.tileRect(index);
    return { x, y: y + this.#shift };
  }

  /** Attaches to the element that scrolls. */
  readonly attach = (element: HTMLElement): (() => void) => {
    this.#element = element;
    const observer = new ResizeObserver(([{ contentRect }]) => this.#resized(contentRect));
    observer.observe(element);
    return () => {
      observer.disconnect();
      clearTimeout(this.#settling);
      this.#element = undefined;
    };
  };

  readonly onscroll = (): void => {
    const scrollTop = this.#element?.scrollTop ?? 0;
    if (!this.#height || Math.abs(scrollTop - this.#scroll.scrollTop) < 1) return;
    this.#scrollTop = scrollTop;
    this.#scroll.scrolled(scrollTop);
    this.#moving = true;
    this.#hurried = Math.abs(this.#scroll.offset - this.#offset) > this.#height;
    this.#moved();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle(), SETTLE_MS);
  };

  /** Scrolls as little as brings a tile on the screen. */
  reveal(index: number): void {
    this.#scroll.jump(this.layout.scrollTo(index, this.#scroll.offset, this.#height));
    this.#place();
    this.#moved();
  }

  #layoutOf(count: number): GridLayout {
    return layoutOf(this.#settings, this.#tiles.order, this.#width, count);
  }

  #resized({ width, height }: DOMRectReadOnly): void {
    // A hidden cell has no size, and its scroll position is lost: the last layout stays and is put back.
    if (!width || !height) return;
    [this.#width, this.#height] = [width, height];
    this.#scrollTop = NaN;
    this.#place();
  }

  #relayout(): void {
    const indexOf = (id: number): number => this.#tiles.indexOf(id);
    const kept = this.#seen.find((id) => indexOf(id) >= 0);
    const top = this.#seen.length ? undefined : 0;
    this.#scroll.relayout(this.layout, this.#height, kept === undefined ? top : indexOf(kept));
    this.#place();
  }

  #show(): void {
    if (this.#hurried) return;
    const { first, last } = this.inner;
    const nearby = [span(first, last), span(last, this.outer.last), span(this.outer.first, first)];
    const sampleIds = nearby.flat().map((index) => this.#tiles.idAt(index));
    const cut = this.#settings.fill ? FILL_FACTOR : 1;
    this.#tiles.showTiles(sampleIds, this.layout.tileSize * cut);
  }

  #settle(): void {
    this.#scroll.settle();
    this.#place();
    this.#moving = this.#hurried = false;
  }

  #place(): void {
    const { scrollTop } = this.#scroll;
    if (this.#element && this.#scrollTop !== scrollTop) this.#element.scrollTop = scrollTop;
    this.#scrollTop = scrollTop;
    ({ offset: this.#offset, shift: this.#shift } = this.#scroll);
  }

  #moved(): void {
    ({ offset: this.#offset, shift: this.#shift } = this.#scroll);
    const { first, last } = this.inner;
    this.#seen = span(this.#offset > 0 ? first : last, last).map((i) => this.#tiles.idAt(i));
    this.#tiles.keepPlace(this.#seen);
  }
}

const span = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
