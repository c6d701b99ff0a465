/** Traits: set always, flush sometimes. */

import type { AnyModel } from "@anywidget/types";
import type { Traits } from "../protocol";

/**
 * A drag or a held key sets a trait again and again. The kernel hears of it only so often, since
 * for each time the notebook draws its toolbar twice: the kernel is busy, the kernel is idle.
 */
const FLUSH_INTERVAL_MS = 250;

/** The kernel's end, as the host hands it over. */
export type Model = AnyModel<Traits>;

export type TraitName = keyof Traits & string;

export class TraitSync {
  readonly model: AnyModel<Traits>;
  readonly #undo: (() => void)[] = [];
  #setting = false;
  /** Runs while it is too early for another flush. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What was set since the last flush. */
  readonly #unsent = new Map<TraitName, () => void>();

  constructor(model: AnyModel<Traits>) {
    this.model = model;
  }

  get<Name extends TraitName>(name: Name): Traits[Name] {
    return this.model.get(name);
  }

  /** Sets a trait here at once and in the kernel soon; `settled` does not wait for the last flush. */
  set<Name extends TraitName>(name: Name, value: Traits[Name], settled = true): void {
    const apply = (): void => {
      this.#setting = true;
      this.model.set(name, value);
      this.#setting = false;
    };
    apply();
    this.#unsent.set(name, apply);
    if (settled) this.flush();
    else if (this.#timer === undefined) this.#flushOrRest();
  }

  /**
   * Calls `changed` when the trait changes by anyone but this view's own `set`. What the kernel says
   * while something newer waits for its flush is old: mostly the echo of what was flushed before.
   */
  observe<Name extends TraitName>(name: Name, changed: (value: Traits[Name]) => void): void {
    const listener = (): void => {
      if (this.#setting) return;
      const apply = this.#unsent.get(name);
      if (apply) apply();
      else changed(this.get(name));
    };
    this.model.on(`change:${name}`, listener);
    this.#undo.push(() => this.model.off(`change:${name}`, listener));
  }

  close(): void {
    this.flush();
    clearTimeout(this.#timer);
    for (const undo of this.#undo) undo();
  }

  #flushOrRest(): void {
    this.#timer = undefined;
    if (!this.#unsent.size) return;
    this.flush();
    this.#timer = setTimeout(() => this.#flushOrRest(), FLUSH_INTERVAL_MS);
  }

  /** Tells the kernel what it was not told yet. */
  flush(): void {
    if (!this.#unsent.size) return;
    this.#unsent.clear();
    this.model.save_changes();
  }
}
