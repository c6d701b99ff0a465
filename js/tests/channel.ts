/** A kernel for tests: a channel whose messages a function answers. */

import type { Content } from "../src/requests";
import type { Request } from "../src/protocol";

type Listener = (content: Content, buffers: DataView[]) => void;

export class FakeChannel {
  readonly sent: Request[] = [];
  #listeners = new Set<Listener>();

  constructor(readonly answer: (request: Request, channel: FakeChannel) => void = () => {}) {}

  readonly send = (request: Request): void => {
    this.sent.push(request);
    this.answer(request, this);
  };

  readonly on = (_name: string, listener: Listener): void => void this.#listeners.add(listener);

  readonly off = (_name: string, listener: Listener): void => void this.#listeners.delete(listener);

  receive(content: Content, buffers: ArrayBufferView[] = []): void {
    for (const listener of this.#listeners) listener(content, buffers as DataView[]);
  }

  get listening(): boolean {
    return this.#listeners.size > 0;
  }
}
