/** What of the grid is on the screen, and the place kept in it. */

import { untrack } from "svelte";
import { GridScroll, SETTLE_MS } from "./scroll";
import type { GridLayout, IndexRange } from "../values/gridlayout";
import type { Settings, TilesView } from "../view";
import { HEADER_HEIGHT, SectionLayout } from "../values/sectionlayout";
import { layoutOf, wholeHeight } from "../values/tilelayout";

const OVERSCAN = 1;
/** Long edge of a photograph whose short edge fills a tile; what is longer still is a little blurred. */
const FILL_FACTOR = 1.5;
/** A box of a section that is cut reaches so many screens beyond: a whole one may be too tall for browsers. */
const REACH_SCREENS = 4;
const NONE: IndexRange = { first: 0, last: 0 };

type ViewportSettings = Pick<Settings, "thumbnailSize" | "captions" | "fill" | "group">;

/** A section whose header stays at `y` px from the top of the window. */
interface HeldHeader {
  group: string;
  code: number;
  y: number;
}

/** Where a grid is scrolled to: a sample, and how far below the top of the window its tile begins, in px. */
export interface Place {
  sampleId: number;
  y: number;
}

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
  /** What keeps its place instead: where a section was collapsed or expanded, or shows no tile. */
  #held: HeldHeader | null = null;
  /** What does so once none of the samples is there. */
  #top: HeldHeader | null = null;
  #settling: ReturnType<typeof setTimeout> | undefined;
  /** Where to begin, until that is known to be there or not. */
  #left: Place | null;

  #width = $state(0);
  #height = $state(0);
  #offset = $state(0);
  #shift = $state(0);
  #moving = $state(false);
  #relaid = $state.raw({});
  /** Moving by more than a screen at once: nothing is worth loading before it rests. */
  #hurried = $state(false);

  readonly layout: GridLayout = $derived.by(() => {
    return this.#layoutOf(this.#tiles.count, this.#tiles.sections?.shown);
  });
  /** What all samples take with the padding, whatever the filters: filtering moves nothing around it. */
  readonly wholeHeight: number = $derived.by(() => {
    return wholeHeight(this.#layoutOf(this.#tiles.total), this.#tiles.sections?.length);
  });
  readonly inner: IndexRange = $derived.by(() => this.layout.visible(this.#offset, this.#height));
  /** Elements that are enough for any scroll position. */
  readonly pool: number = $derived.by(() => {
    const rows = Math.ceil(this.#height / this.layout.rowHeight) + 1 + 2 * OVERSCAN;
    return this.#height ? rows * this.layout.columns : 0;
  });
  /** The sections that are on the screen. */
  readonly sections: IndexRange = $derived.by(() => {
    return this.#sectioned?.visibleSections(this.#offset, this.#height) ?? NONE;
  });
  /** Headers that are enough for any scroll position. */
  readonly headerPool: number = $derived.by(() => Math.ceil(this.#height / HEADER_HEIGHT) + 2);
  /** As many tiles as there are elements, so that none comes and goes while scrolling. */
  readonly outer: IndexRange = $derived.by(() => {
    const { first } = this.layout.visible(this.#offset, this.#height, OVERSCAN);
    return { first, last: Math.min(this.layout.count, first + this.pool) };
  });

  /** To be called while a component is set up; `place` is where another one of these tiles was left. */
  constructor(tiles: TilesView, settings: ViewportSettings, place: Place | null = null) {
    this.#tiles = tiles;
    this.#settings = settings;
    this.#left = place;
    this.#scroll = new GridScroll(this.layout, 0);
    // Before anything is drawn in the new layout, which the element then has room for.
    $effect.pre(() => {
      this.#relayout();
      this.#follow();
      this.#relaid = {};
    });
    $effect(() => {
      void this.#relaid;
      this.#place();
    });
    $effect(() => this.#show());
  }

  get height(): number {
    return this.#height;
  }
  /** Null at the top. */
  get place(): Place | null {
    const index = this.#seen.length ? this.#tiles.indexOf(this.#seen[0]) : -1;
    if (index < 0) return null;
    return { sampleId: this.#seen[0], y: this.layout.tileRect(index).y - this.#offset };
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

  /** Top and height of a section in the scrolled element, in px, as far as it is near the window. */
  spanOf(section: number): { top: number; height: number } {
    const { top, bottom } = this.#sectioned!.sectionSpan(section);
    const reach = REACH_SCREENS * this.#height;
    const near = Math.floor(this.#offset / reach) * reach;
    const from = Math.max(top, near - reach);
    return { top: from + this.#shift, height: Math.min(bottom, near + 2 * reach) - from };
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

  /** Scrolls as little as brings the header of a section on the screen. */
  revealSection(section: number): void {
    const offset = this.#sectioned!.scrollToSection(section, this.#offset, this.#height);
    this.#scroll.jump(offset);
    this.#place();
    this.#moved();
  }

  /** Keeps the header of a section where it is while sections are collapsed and expanded. */
  hold(code: number): void {
    this.#held = this.#headerOf(this.#tiles.sections?.indexOf(code) ?? -1);
  }

  get #sectioned(): SectionLayout | null {
    return this.layout instanceof SectionLayout ? this.layout : null;
  }

  #layoutOf(count: number, sections: ArrayLike<number> | null = null): GridLayout {
    return layoutOf(this.#settings, this.#tiles.order, this.#width, count, sections);
  }

  #resized({ width, height }: DOMRectReadOnly): void {
    // A hidden cell has no size, and its scroll position is lost: the last layout stays and is put back.
    if (!width || !height) return;
    [this.#width, this.#height] = [width, height];
    this.#scrollTop = NaN;
    this.#relaid = {};
  }

  #headerOf(section: number): HeldHeader | null {
    const { sections } = this.#tiles;
    if (!this.#sectioned || !sections || section < 0 || section >= sections.length) return null;
    const below = this.#sectioned.sectionSpan(section).top - this.#offset;
    const y = Math.max(0, Math.min(this.#height - HEADER_HEIGHT, below));
    return { group: this.#settings.group, code: sections.at(section).code, y };
  }

  #relayout(): void {
    const indexOf = (id: number): number => this.#tiles.indexOf(id);
    const kept = this.#seen.find((id) => indexOf(id) >= 0);
    const offset = this.#offsetFor(this.#held) ?? this.#offsetWithout(kept);
    const index = kept === undefined ? undefined : indexOf(kept);
    if (offset === null) this.#scroll.relayout(this.layout, this.#height, index);
    else this.#scroll.relayoutTo(this.layout, this.#height, offset);
    if (this.#left && this.#height && this.layout.count) this.#return(this.#left);
  }

  #return({ sampleId, y }: Place): void {
    this.#left = null;
    const index = this.#tiles.indexOf(sampleId);
    if (index < 0) return;
    this.#scroll.jump(this.layout.tileRect(index).y - y);
    untrack(() => this.#moved());
  }

  /** Where to be when none of the samples is there any more, or when there was none. */
  #offsetWithout(kept: number | undefined): number | null {
    if (!this.#seen.length) return 0;
    return kept === undefined ? this.#offsetFor(this.#top) : null;
  }

  /** The offset at which a header is where it was; null once there is none. */
  #offsetFor(header: HeldHeader | null): number | null {
    // A grouping of the settings is about to come: until then the old sections stay where they are.
    if (!header || header.group !== untrack(() => this.#settings.group)) return null;
    const section = this.#tiles.sections?.indexOf(header.code) ?? -1;
    return section < 0 ? null : this.#sectioned!.sectionSpan(section).top - header.y;
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
    this.#follow();
    this.#place();
    this.#moving = this.#hurried = false;
  }

  #place(): void {
    const { scrollTop } = this.#scroll;
    if (this.#element && this.#scrollTop !== scrollTop) this.#element.scrollTop = scrollTop;
    this.#scrollTop = scrollTop;
  }

  #follow(): void {
    ({ offset: this.#offset, shift: this.#shift } = this.#scroll);
  }

  #moved(): void {
    this.#follow();
    const { last } = this.inner;
    const first = this.#offset > 0 ? this.layout.anchorAt(this.#offset).index : last;
    this.#top = this.#headerOf(this.sections.first);
    this.#held = first < last || !this.#offset ? null : this.#top;
    if (this.#held) return;
    this.#seen = span(first, last).map((i) => this.#tiles.idAt(i));
    this.#tiles.keepPlace(this.#seen);
  }
}

const span = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
