/** A mouse that is drawn over tiles: the area that it spans, and what that selects. */

import type { Area } from "../values/gridlayout";
import { SampleSet } from "../values/sampleset";
import type { Settings, TilesView } from "../view";
import type { Viewport } from "./viewport.svelte";

/** A pointer that moves no further, in px, clicks. */
const STILL_PX = 5;
/** Px that the grid scrolls in a frame for each px that the pointer is outside. */
const PULL = 0.2;

interface Point {
  x: number;
  y: number;
}

export class Band {
  readonly #tiles: TilesView;
  readonly #settings: Pick<Settings, "selected">;
  readonly #viewport: Viewport;
  readonly #onselect: (samples: SampleSet) => void;
  /** In the coordinates of the layout; null while there is none. */
  area: Area | null = $state.raw(null);
  /** Whether the last press drew one, so that the click which ends it means nothing. */
  wasDrawn = false;
  #list: HTMLElement | undefined;
  #pointer: Point = { x: 0, y: 0 };
  /** Where it began: on the screen, and in the layout. */
  #press: Point | null = null;
  #start: Point = { x: 0, y: 0 };
  #base = SampleSet.EMPTY;
  #met = "";

  constructor(
    tiles: TilesView,
    settings: Pick<Settings, "selected">,
    viewport: Viewport,
    onselect: (samples: SampleSet) => void,
  ) {
    this.#tiles = tiles;
    this.#settings = settings;
    this.#viewport = viewport;
    this.#onselect = onselect;
  }

  /** With Shift or Ctrl what is selected stays so. A finger scrolls, and so does the scrollbar. */
  readonly onpointerdown = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    this.wasDrawn = false;
    const list = event.currentTarget;
    const isOnBar = event.clientX - list.getBoundingClientRect().left > list.clientWidth;
    if (event.button !== 0 || event.pointerType === "touch" || isOnBar) return;
    this.#list = list;
    this.#press = this.#pointer = { x: event.clientX, y: event.clientY };
    this.#start = this.#place();
    const isMore = event.shiftKey || event.ctrlKey || event.metaKey;
    this.#base = isMore ? this.#settings.selected : SampleSet.EMPTY;
    this.#met = "";
  };

  readonly onpointermove = (event: PointerEvent): void => {
    if (!this.#press || !this.#list) return;
    if (!event.buttons) return this.end();
    this.#pointer = { x: event.clientX, y: event.clientY };
    const { x, y } = this.#press;
    if (!this.area && Math.hypot(event.clientX - x, event.clientY - y) < STILL_PX) return;
    if (!this.area) {
      this.#list.setPointerCapture(event.pointerId);
      requestAnimationFrame(this.#pull);
    }
    this.wasDrawn = true;
    this.#draw();
  };

  readonly end = (): void => {
    this.#press = null;
    this.area = null;
  };

  #draw(): void {
    const [{ x, y }, at] = [this.#start, this.#place()];
    this.area = {
      left: Math.min(x, at.x),
      top: Math.min(y, at.y),
      right: Math.max(x, at.x),
      bottom: Math.max(y, at.y),
    };
    const ranges = this.#viewport.layout.meeting(this.area);
    const met = ranges.map(({ first, last }) => `${first} ${last}`).join();
    if (met === this.#met) return;
    this.#met = met;
    const ids = ranges.flatMap(({ first, last }) => {
      return Array.from({ length: last - first }, (_, i) => this.#tiles.idAt(first + i));
    });
    this.#onselect(this.#base.with(ids.filter((id) => id >= 0)));
  }

  /** Where the pointer is in the layout; what scrolls moves the content, and huge ones shift. */
  #place(): Point {
    const { left, top } = this.#list!.firstElementChild!.getBoundingClientRect();
    return { x: this.#pointer.x - left, y: this.#pointer.y - top - this.#viewport.shift };
  }

  /** Scrolls while the pointer is above or below the grid. */
  readonly #pull = (): void => {
    if (!this.area || !this.#list) return;
    const { top, bottom } = this.#list.getBoundingClientRect();
    const { y } = this.#pointer;
    const outside = y < top ? y - top : Math.max(0, y - bottom);
    if (outside) {
      this.#list.scrollTop += Math.sign(outside) * Math.ceil(Math.abs(outside) * PULL);
      this.#draw();
    }
    requestAnimationFrame(this.#pull);
  };
}
