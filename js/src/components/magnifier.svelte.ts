/** The zoom of a picture as wheel, pointers and keys change it, and the swipe to the next one. */

import { FIT, panBy, zoomAt } from "./zoom";

const KEY_FACTOR = 1.5;
const CLICK_FACTOR = 3;
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
  get panning(): boolean {
    return this.zoomed && this.#pointers.size > 0;
  }

  readonly reset = (): void => {
    this.zoom = FIT;
  };
  readonly zoomIn = (): void => this.#zoomBy(KEY_FACTOR);
  readonly zoomOut = (): void => this.#zoomBy(1 / KEY_FACTOR);

  /** Whether the key was one of the picture's: +, - and 0. */
  press(key: string): boolean {
    if (key === "+" || key === "=") this.zoomIn();
    else if (key === "-") this.zoomOut();
    else if (key === "0") this.reset();
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
    if (this.zoomed) this.reset();
    else this.#zoomBy(CLICK_FACTOR, this.#fromMiddle(event));
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
    this.zoom = zoomAt(this.zoom, factor, x, y, this);
  }
}
