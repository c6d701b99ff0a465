/** What the user is told of work that goes on: that it takes long, and why it failed. */

import type { Notice } from "../view";

/** What is done sooner shows no progress: it would only flicker. */
const LONG_MS = 200;

export class Pending {
  /** Whether the kernel has not said a word for a while. */
  silent = $state(false);
  #notices = $state.raw<Notice[]>([]);
  #noticed = 0;
  #isLong = $state(false);
  #running = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get notices(): Notice[] {
    return this.#notices;
  }

  /** Whether something takes long. */
  get isLong(): boolean {
    return this.#isLong;
  }

  readonly notify = (text: string, isProblem = true): void => {
    const message = text.charAt(0).toUpperCase() + text.slice(1);
    if (this.#notices.some((notice) => notice.message === message)) return;
    this.#notices = [...this.#notices, { id: this.#noticed++, message, isProblem }];
  };

  dismiss(notice: number): void {
    this.#notices = this.#notices.filter(({ id }) => id !== notice);
  }

  /** Whether it succeeded; why it failed is told in a notice. */
  async run(action: () => Promise<unknown>): Promise<boolean> {
    if (!this.#running++) this.#timer = setTimeout(() => (this.#isLong = true), LONG_MS);
    try {
      await action();
      return true;
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.notify((error as Error).message);
      return false;
    } finally {
      if (!--this.#running) this.#rest();
    }
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#isLong = false;
  }
}
