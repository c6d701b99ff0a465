/** Requests to the kernel: each gets one promise, settled by its reply. */

import type { AnyModel } from "@anywidget/types";
import type { Push, Reply, RequestName, Requests } from "./protocol";

type Buffer = DataView | Uint8Array | ArrayBuffer;
export type Content = Reply | Push;

/** The part of a widget model that carries messages. */
export type Channel = Pick<AnyModel, "send" | "on" | "off">;

export interface Answer<Name extends RequestName> {
  ok: Requests[Name]["ok"];
  buffers: DataView[];
}

export interface RequestOptions<Name extends RequestName> {
  onPart?: (part: Requests[Name]["part"], buffers: DataView[]) => void;
  /** Aborting tells the kernel to stop and rejects with an `AbortError`. */
  signal?: AbortSignal;
}

interface Pending {
  resolve: (answer: { ok: object; buffers: DataView[] }) => void;
  reject: (error: Error) => void;
  onPart: (part: object, buffers: DataView[]) => void;
}

export class RequestChannel {
  readonly #channel: Channel;
  readonly #onPush: (push: Push) => void;
  readonly #pending = new Map<string, Pending>();
  // Several pages may be open on one kernel, which answers to all of them.
  readonly #page = Math.random().toString(36).slice(2);
  #sent = 0;
  /** Whether the kernel has ever said a word. */
  heard = false;

  constructor(channel: Channel, onPush: (push: Push) => void) {
    this.#channel = channel;
    this.#onPush = onPush;
    channel.on("msg:custom", this.#receive);
  }

  request<Name extends RequestName>(
    type: Name,
    body: Requests[Name]["body"],
    { onPart = () => {}, signal }: RequestOptions<Name> = {},
  ): Promise<Answer<Name>> {
    const id = `${this.#page}-${this.#sent++}`;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onPart } as Pending);
      signal?.addEventListener("abort", () => this.#cancel(id), { once: true });
      try {
        // marimo takes a second argument for a callback: leave it undefined.
        this.#channel.send({ id, type, ...body }, undefined);
      } catch {
        this.#pending.delete(id);
        reject(new Error("the kernel is gone or was restarted: run the cell again"));
      }
    });
  }

  close(): void {
    this.#channel.off("msg:custom", this.#receive);
    for (const { reject } of this.#pending.values()) reject(aborted());
    this.#pending.clear();
  }

  #cancel(id: string): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    pending.reject(aborted());
    this.#channel.send({ id: `${this.#page}-${this.#sent++}`, type: "cancel", target: id });
  }

  readonly #receive = (content: Content, buffers: Buffer[]): void => {
    this.heard = true;
    if ("push" in content) return this.#onPush(content);
    const pending = this.#pending.get(content.reply);
    if (!pending) return;
    const views = (buffers ?? []).map(toDataView);
    if ("part" in content) return pending.onPart(content.part, views);
    this.#pending.delete(content.reply);
    if ("error" in content) pending.reject(new Error(content.error));
    else pending.resolve({ ok: content.ok, buffers: views });
  };
}

/** Hosts hand buffers over as DataView, Uint8Array or ArrayBuffer. */
export function toDataView(buffer: Buffer): DataView {
  return buffer instanceof ArrayBuffer
    ? new DataView(buffer)
    : new DataView(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
}

function aborted(): Error {
  return new DOMException("no longer wanted", "AbortError");
}
