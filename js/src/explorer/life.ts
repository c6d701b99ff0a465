/** Whether there is something to show, and what the user is told. */

import type { TraitSync } from "../kernel/traits";
import type { LifeView, Notice, NoticesView } from "../view";
import type { Display } from "./display.svelte";
import type { Loading } from "./loading.svelte";
import type { Pending } from "./pending.svelte";

const SILENCE: Notice = {
  id: -1,
  message: "The kernel does not answer: it is busy, or the connection is gone.",
  isProblem: false,
};

/** What the life of a view is told by. */
interface Signs {
  sync: TraitSync;
  display: Display;
  loading: Loading;
  pending: Pending;
}

export class Life implements LifeView, NoticesView {
  readonly #signs: Signs;
  readonly kernelless: boolean;

  constructor(signs: Signs, kernelless: boolean) {
    this.#signs = signs;
    this.kernelless = kernelless;
  }

  get status(): LifeView["status"] {
    const { display, loading, pending } = this.#signs;
    if (display.collection) return "ready";
    if (loading.failed) return "failed";
    return pending.silent ? "silent" : "loading";
  }

  get sheet(): string {
    return this.#signs.sync.get("_sheet");
  }

  get busy(): boolean {
    return this.#signs.pending.isLong;
  }

  get name(): string {
    return this.#signs.display.collection?.name ?? "";
  }

  get expected(): number | undefined {
    return this.#signs.sync.get("_total");
  }

  get sizes(): [number, number] | null {
    return this.#signs.loading.sizes;
  }

  get notices(): Notice[] {
    const { display, pending } = this.#signs;
    return pending.silent && display.collection ? [SILENCE, ...pending.notices] : pending.notices;
  }

  dismiss(notice: number): void {
    const { pending } = this.#signs;
    if (notice === SILENCE.id) pending.silent = false;
    pending.dismiss(notice);
  }

  retry(): void {
    void this.#signs.loading.load();
  }

  refresh(): void {
    this.#signs.display.refresh();
  }

  tell(): void {
    this.#signs.display.whenDrawn(() => this.flush());
  }

  flush(): void {
    this.#signs.sync.flush();
  }
}
