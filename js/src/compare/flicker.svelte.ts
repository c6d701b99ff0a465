/** Two pictures in turn at one place, as long as a key or a button is held. */

/** Of each picture: so slow that it is no flashing, so fast that the eye sees what moves. */
const EACH_MS = 500;

export class Flicker {
  /** Whether it goes on, and whether the other picture is to be seen. */
  on = $state(false);
  other = $state(false);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Shows the other picture, and, unless nothing may move by itself, this one again and so on. */
  readonly start = (isStill = false): void => {
    if (this.on) return;
    this.on = this.other = true;
    if (!isStill) this.#timer = setInterval(() => (this.other = !this.other), EACH_MS);
  };

  readonly stop = (): void => {
    clearInterval(this.#timer);
    this.on = this.other = false;
  };
}
