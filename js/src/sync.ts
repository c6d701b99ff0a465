/** Traits: set always, flush sometimes. */

import type { AnyModel } from "@anywidget/types";
import type { Traits } from "./protocol";

// A drag sets a trait on every pointer move; the kernel needs to hear of it only so often.
const FLUSH_INTERVAL_MS = 60;

export type TraitName = keyof Traits & string;

export class TraitSync {
  readonly #model: AnyModel<Traits>;
  readonly #undo: (() => void)[] = [];
  #setting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: AnyModel<Traits>) {
    this.#model = model;
  }

  get<Name extends TraitName>(name: Name): Traits[Name] {
    return this.#model.get(name);
  }

  /** Sets a trait here at once and in the kernel soon; `settled` flushes now. */
  set<Name extends TraitName>(name: Name, value: Traits[Name], settled = true): void {
    this.#setting = true;
    this.#model.set(name, value);
    this.#setting = false;
    if (settled) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_INTERVAL_MS);
  }

  /** Calls `changed` when the trait changes by anyone but this view's own `set`. */
  observe<Name extends TraitName>(name: Name, changed: (value: Traits[Name]) => void): void {
    const listener = (): void => {
      if (!this.#setting) changed(this.get(name));
    };
    this.#model.on(`change:${name}`, listener);
    this.#undo.push(() => this.#model.off(`change:${name}`, listener));
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#model.save_changes();
  }

  close(): void {
    if (this.#timer !== undefined) this.flush();
    for (const undo of this.#undo) undo();
  }
}
