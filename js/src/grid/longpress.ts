/** A finger that stays where it is, which selects as Ctrl and a click do. */

const LONG_MS = 450;
/** A finger is never quite still. */
const STILL_PX = 10;

export class LongPress {
  readonly #onlong: (event: PointerEvent) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #x = 0;
  #y = 0;
  /** Of the last press: whether it was a finger's, and whether it was long, so that its click is none. */
  isTouch = false;
  wasLong = false;

  constructor(onlong: (event: PointerEvent) => void) {
    this.#onlong = onlong;
  }

  readonly onpointerdown = (event: PointerEvent): void => {
    this.end();
    this.wasLong = false;
    this.isTouch = event.pointerType === "touch";
    if (!this.isTouch || !event.isPrimary) return;
    [this.#x, this.#y] = [event.clientX, event.clientY];
    this.#timer = setTimeout(() => {
      this.wasLong = true;
      this.#onlong(event);
    }, LONG_MS);
  };

  readonly onpointermove = ({ clientX, clientY }: PointerEvent): void => {
    if (Math.hypot(clientX - this.#x, clientY - this.#y) > STILL_PX) this.end();
  };

  readonly end = (): void => clearTimeout(this.#timer);

  /** A long press is no wish for a menu. */
  readonly oncontextmenu = (event: Event): void => {
    if (this.isTouch) event.preventDefault();
  };
}
