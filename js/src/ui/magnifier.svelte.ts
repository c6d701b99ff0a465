/** The zoom of a picture as wheel, pointers and keys change it, and the swipe to the next one. */

import {
  alike,
  FIT,
  fitted,
  panBy,
  percent,
  scalesFor,
  type Size,
  type Zoom,
  zoomAt,
} from "./zoom";

const KEY_FACTOR = 1.5;
/** What a double click magnifies by where a picture's own pixels are hardly closer than fit. */
const CLICK_FACTOR = 3;
const CLOSER = 1.25;
/** Px of wheel travel that magnify by e. */
const WHEEL_PX = 300;
/** Part of the frame that a key moves the picture. */
const KEY_PAN = 1 / 6;
/** Px that make a swipe of a finger's way, if it is this much more sideways than up or down. */
const SWIPE_PX = 48;
const SIDEWAYS = 2;

interface Point {
  x: number;
  y: number;
}
type FrameEvent<E> = E & { currentTarget: HTMLElement };

const PANS: Record<string, [number, number]> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export class Magnifier {
  /** Of the frame, in px. */
  width = $state(0);
  height = $state(0);
  zoom = $state.raw(FIT);
  /** Of the picture, in its own px; null where it is unknown. */
  #size: Size | null = $state.raw(null);
  /** Whether each of its px is to be one of the screen, also of the pictures to come. */
  #isActual = false;
  /** Whether pictures that move together have pixels of one size, else they are of one size themselves. */
  #isByPixels = $state(false);
  /** Down in the frame, at their last events. */
  #pointers: ReadonlyMap<number, Point> = $state.raw(new Map());
  #swipe: Point | null = null;
  readonly #onswipe: (by: 1 | -1) => void;

  /** `onswipe` is told whether a finger went on or back. */
  constructor(onswipe: (by: 1 | -1) => void) {
    this.#onswipe = onswipe;
  }

  get zoomed(): boolean {
    return this.zoom.scale > 1;
  }
  get fits(): boolean {
    return this.zoom.scale === 1;
  }
  get #fit(): number | null {
    return this.#fitOf(this.#size);
  }
  /** Screen pixels for each of a picture's where it fits. */
  #fitOf(size: Size | null): number | null {
    if (!size?.width || !this.width) return null;
    return (fitted(size, this).width / size.width) * devicePixelRatio;
  }
  /** "Fit, 21 %", or "100 %" at the picture's own size. */
  get label(): string {
    const share = this.#fit === null ? "" : percent(this.#fit * this.zoom.scale);
    if (this.fits) return ["Fit", share].filter(Boolean).join(", ");
    return share || `${percent(this.zoom.scale)} of fit`;
  }

  /** Another picture comes, of this size. */
  show(size: Size | null): void {
    this.#size = size;
    if (this.#isActual) this.actual();
  }

  /** The zoom of a picture of another size that moves with this one. */
  zoomOf(size: Size | null): Zoom {
    const [fit, other] = [this.#fit, this.#fitOf(size)];
    if (fit === null || other === null) return this.zoom;
    return alike(this.zoom, this.#size!, size!, this, this.#isByPixels ? fit / other : 1);
  }

  /** The zoom becomes that of another of the pictures that move together: the one that is used. */
  lead(size: Size | null): void {
    this.zoom = this.zoomOf(size);
    this.#size = size;
  }

  get panning(): boolean {
    return this.zoomed && this.#pointers.size > 0;
  }

  readonly reset = (): void => {
    this.#isActual = this.#isByPixels = false;
    this.zoom = FIT;
  };
  /** One pixel of the picture is one of the screen. */
  readonly actual = (at?: Point): void => {
    if (this.#fit === null) return;
    this.#zoomBy(1 / this.#fit / this.zoom.scale, at);
    this.#isActual = this.#isByPixels = true;
  };
  readonly zoomIn = (): void => this.#zoomBy(KEY_FACTOR);
  readonly zoomOut = (): void => this.#zoomBy(1 / KEY_FACTOR);

  /** Whether the key was one of the picture's: +, -, 0 or f, and 1. */
  press(key: string): boolean {
    if (key === "+" || key === "=") this.zoomIn();
    else if (key === "-") this.zoomOut();
    else if (key === "0" || key === "f") this.reset();
    else if (key === "1") this.actual();
    else return false;
    return true;
  }

  /** Whether the key was an arrow, which looks at what lies that way. */
  pan(key: string): boolean {
    const [x, y] = PANS[key] ?? [];
    if (x === undefined) return false;
    this.zoom = panBy(this.zoom, x * KEY_PAN * this.width, y * KEY_PAN * this.height, this);
    return true;
  }

  readonly onwheel = (event: FrameEvent<WheelEvent>): void => {
    event.preventDefault();
    this.#zoomBy(Math.exp(-event.deltaY / WHEEL_PX), this.#fromMiddle(event));
  };

  readonly ondblclick = (event: FrameEvent<MouseEvent>): void => {
    const at = this.#fromMiddle(event);
    if (!this.fits) this.reset();
    else if (this.#fit !== null && this.#fit * CLOSER < 1) this.actual(at);
    else this.#zoomBy(CLICK_FACTOR, at);
  };

  readonly onpointerdown = (event: FrameEvent<PointerEvent>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = this.#fromMiddle(event);
    const swipes = event.pointerType === "touch" && !this.zoomed && !this.#pointers.size;
    this.#swipe = swipes ? point : null;
    this.#pointers = new Map([...this.#pointers, [event.pointerId, point]]);
  };

  readonly onpointermove = (event: FrameEvent<PointerEvent>): void => {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const point = this.#fromMiddle(event);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.#pinch(before, point, other);
    else this.zoom = panBy(this.zoom, point.x - before.x, point.y - before.y, this);
    this.#pointers = new Map([...this.#pointers, [event.pointerId, point]]);
  };

  readonly onlostpointercapture = (event: FrameEvent<PointerEvent>): void => {
    const end = this.#pointers.get(event.pointerId);
    this.#pointers = new Map([...this.#pointers].filter(([id]) => id !== event.pointerId));
    if (!end || !this.#swipe || this.zoomed) return;
    const [x, y] = [end.x - this.#swipe.x, end.y - this.#swipe.y];
    this.#swipe = null;
    if (Math.abs(x) > Math.max(SWIPE_PX, SIDEWAYS * Math.abs(y))) this.#onswipe(x < 0 ? 1 : -1);
  };

  /** What was between the fingers stays between them. */
  #pinch(before: Point, point: Point, other: Point): void {
    const distance = (from: Point): number => Math.hypot(from.x - other.x, from.y - other.y);
    const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 };
    this.#swipe = null;
    this.#zoomBy(distance(point) / Math.max(1, distance(before)), middle);
    this.zoom = panBy(this.zoom, (point.x - before.x) / 2, (point.y - before.y) / 2, this);
  }

  #fromMiddle({ clientX, clientY, currentTarget }: FrameEvent<MouseEvent>): Point {
    const { left, top } = currentTarget.getBoundingClientRect();
    return { x: clientX - left - this.width / 2, y: clientY - top - this.height / 2 };
  }

  #zoomBy(factor: number, { x, y }: Point = { x: 0, y: 0 }): void {
    this.#isActual = false;
    this.zoom = zoomAt(this.zoom, factor, x, y, this, scalesFor(this.#fit));
  }
}
