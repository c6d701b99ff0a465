/** The zoom of a picture as wheel, pointer and keys change it. */

import { FIT, panBy, zoomAt } from "./zoom";

const KEY_FACTOR = 1.5;
const CLICK_FACTOR = 3;
/** Px of wheel travel that magnify by e. */
const WHEEL_PX = 300;

export class Magnifier {
  /** Of the frame, in px. */
  width = $state(0);
  height = $state(0);
  zoom = $state.raw(FIT);
  /** The pointer of a pan at its last event. */
  #pointer: { x: number; y: number } | null = $state.raw(null);

  get zoomed(): boolean {
    return this.zoom.scale > 1;
  }
  get panning(): boolean {
    return this.#pointer !== null;
  }

  readonly reset = (): void => {
    this.zoom = FIT;
  };

  /** Whether the key was one of the picture's: +, - and 0. */
  press(key: string): boolean {
    if (key === "+" || key === "=") this.#zoomBy(KEY_FACTOR);
    else if (key === "-") this.#zoomBy(1 / KEY_FACTOR);
    else if (key === "0") this.reset();
    else return false;
    return true;
  }

  readonly onwheel = (event: WheelEvent & { currentTarget: HTMLElement }): void => {
    event.preventDefault();
    this.#zoomBy(Math.exp(-event.deltaY / WHEEL_PX), event);
  };

  readonly ondblclick = (event: MouseEvent & { currentTarget: HTMLElement }): void => {
    if (this.zoomed) this.reset();
    else this.#zoomBy(CLICK_FACTOR, event);
  };

  readonly onpointerdown = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    if (event.button !== 0 || !this.zoomed) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    this.#pointer = { x: event.clientX, y: event.clientY };
  };

  readonly onpointermove = ({ clientX: x, clientY: y }: PointerEvent): void => {
    if (!this.#pointer) return;
    this.zoom = panBy(this.zoom, x - this.#pointer.x, y - this.#pointer.y, this);
    this.#pointer = { x, y };
  };

  readonly onlostpointercapture = (): void => {
    this.#pointer = null;
  };

  /** Around the pointer, or around the middle. */
  #zoomBy(factor: number, event?: MouseEvent & { currentTarget: HTMLElement }): void {
    const { left, top } = event?.currentTarget.getBoundingClientRect() ?? { left: 0, top: 0 };
    const x = event ? event.clientX - left - this.width / 2 : 0;
    const y = event ? event.clientY - top - this.height / 2 : 0;
    this.zoom = zoomAt(this.zoom, factor, x, y, this);
  }
}
