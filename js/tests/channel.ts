/** A kernel for tests: a channel whose messages a function answers. */

import type { Content } from "../src/kernel/requests";
import type { Request } from "../src/protocol";

type Listener = (content?: Content, buffers?: DataView[]) => void;

export class FakeChannel {
  readonly sent: Request[] = [];
  /** Called with every request, before it is answered. */
  watch: (request: Request) => void = () => {};
  #listeners = new Map<Listener, string>();

  constructor(public answer: (request: Request, channel: FakeChannel) => void = () => {}) {}

  readonly send = (request: Request): void => {
    this.sent.push(request);
    this.watch(request);
    this.answer(request, this);
  };

  readonly on = (name: string, listener: Listener): void => {
    this.#listeners.set(listener, name);
  };

  readonly off = (_name: string, listener: Listener): void => void this.#listeners.delete(listener);

  receive(content: Content, buffers: ArrayBufferView[] = []): void {
    this.#call("msg:custom", content, buffers as DataView[]);
  }

  /** What ipywidgets tells when the kernel is restarted. */
  restart(): void {
    this.#call("comm_live_update");
  }

  get listening(): boolean {
    return this.#listeners.size > 0;
  }

  #call(event: string, ...args: Parameters<Listener>): void {
    for (const [listener, name] of [...this.#listeners]) if (name === event) listener(...args);
  }
}
