/** A model without a kernel behind it: traits that the page alone changes. */

import type { Content } from "../kernel/requests";
import type { Request, Traits } from "../protocol";
import { SavedKernel, type Answer, type SavedData } from "./kernel";

type Listener = (...args: never[]) => void;

export class SavedModel {
  readonly #traits: Traits;
  readonly #kernel: SavedKernel;
  readonly #notice: string;
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(data: SavedData) {
    this.#traits = { ...data.traits };
    this.#kernel = new SavedKernel(data);
    this.#notice = data.notice;
  }

  readonly get = <Name extends keyof Traits>(name: Name): Traits[Name] => this.#traits[name];

  readonly set = <Name extends keyof Traits>(name: Name, value: Traits[Name]): void => {
    this.#traits[name] = value;
    this.#call(`change:${name}`);
  };

  readonly save_changes = (): void => {};

  readonly on = (event: string, listener: Listener): void => {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  };

  readonly off = (event: string, listener: Listener): void => {
    this.#listeners.get(event)?.delete(listener);
  };

  /** Replies later, as a kernel does. */
  readonly send = (request: Request): void => {
    setTimeout(() => this.#reply(request));
  };

  #reply(request: Request): void {
    try {
      const { part, ok, buffers } = this.#kernel.answer(request);
      if (part) this.#receive({ reply: request.id, part }, buffers);
      this.#receive({ reply: request.id, ok }, part ? [] : buffers);
    } catch (error) {
      this.#receive({ reply: request.id, error: (error as Error).message });
    }
    if (request.type === "ready" && this.#notice) {
      this.#receive({ push: "notice", message: this.#notice, problem: false });
    }
  }

  #receive(content: Content, buffers: Answer["buffers"] = []): void {
    this.#call("msg:custom", content as never, buffers as never);
  }

  #call(event: string, ...args: never[]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(...args);
  }
}
