/** Requests to the kernel: each gets one promise, settled by its reply. */

import type { AnyModel } from "@anywidget/types";
import type { Push, Reply, RequestName, Requests } from "../protocol";

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

const GONE = "the kernel is gone or was restarted: run the cell again";

const LOST = "an answer of the kernel got lost, several times";

/** A kernel that is there, and not too busy, has said something by then. */
const PATIENCE_MS = 1500;
/**
 * With the first widget JupyterLab has the kernel start a thread for the messages of widgets. It
 * does not hold back what is sent before that is there: it would wait for the running cell.
 */
const FIRST_PATIENCE_MS = 80;
const LONGEST_FIRST_MS = 500;
/** How often a message may get lost before it is at fault itself: hosts drop what is too large. */
const ATTEMPTS = 4;
/** Between the questions whether one that says nothing is there. */
const LONGEST_MS = 15_000;

interface Pending {
  message: object;
  attempts: number;
  resolve: (answer: { ok: object; buffers: DataView[] }) => void;
  reject: (error: Error) => void;
  onPart: (part: object, buffers: DataView[]) => void;
}

export class RequestChannel {
  readonly #channel: Channel;
  readonly #onPush: (push: Push) => void;
  readonly #onSilence: (silent: boolean) => void;
  readonly #pending = new Map<string, Pending>();
  // Several pages may be open on one kernel, which answers to all of them.
  readonly #page = Math.random().toString(36).slice(2);
  #sent = 0;
  #hasHeard = false;
  #watch: ReturnType<typeof setTimeout> | undefined;

  /** `onSilence` hears whether the kernel owes an answer and does not say a word. */
  constructor(
    channel: Channel,
    onPush: (push: Push) => void,
    onSilence: (silent: boolean) => void = () => {},
  ) {
    this.#channel = channel;
    this.#onPush = onPush;
    this.#onSilence = onSilence;
    channel.on("msg:custom", this.#receive);
    // What ipywidgets tells when a kernel is restarted.
    channel.on("comm_live_update", this.#retry);
  }

  request<Name extends RequestName>(
    type: Name,
    body: Requests[Name]["body"],
    { onPart = () => {}, signal }: RequestOptions<Name> = {},
  ): Promise<Answer<Name>> {
    const id = `${this.#page}-${this.#sent++}`;
    return new Promise((resolve, reject) => {
      const message = { id, type, ...body };
      this.#pending.set(id, { message, attempts: 1, resolve, reject, onPart } as Pending);
      signal?.addEventListener("abort", () => this.#cancel(id), { once: true });
      this.#watch ??= this.#hasHeard
        ? this.#lookAfter(PATIENCE_MS, false)
        : this.#askSoon(FIRST_PATIENCE_MS);
      if (!this.#post(message)) this.#fail(new Error(GONE));
    });
  }

  close(): void {
    this.#channel.off("msg:custom", this.#receive);
    this.#channel.off("comm_live_update", this.#retry);
    this.#fail(aborted());
  }

  /** Whether there is still somebody to send to. */
  #post(message: object): boolean {
    try {
      // marimo takes a second argument for a callback: leave it undefined.
      this.#channel.send(message, undefined);
      return true;
    } catch {
      return false;
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#heard();
  }

  /**
   * Connections break, and what was on its way is lost. Who gets an answer to a new question can
   * ask all older ones again: the kernel takes them in order.
   */
  readonly #retry = (): void => {
    const older = [...this.#pending];
    this.request("cancel", { target: "" }).then(
      () => {
        for (const [id, pending] of older) if (this.#pending.has(id)) this.#again(id, pending);
      },
      ({ name, message }: Error) => {
        if (name !== "AbortError") this.#onPush({ push: "notice", message, problem: true });
      },
    );
  };

  #again(id: string, pending: Pending): void {
    if (pending.attempts++ < ATTEMPTS) this.#post(pending.message);
    else if (this.#pending.delete(id)) pending.reject(new Error(LOST));
  }

  #askSoon(ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      const longer = 2 * ms;
      this.#watch =
        longer < LONGEST_FIRST_MS ? this.#askSoon(longer) : this.#lookAfter(PATIENCE_MS, false);
      this.#retry();
    }, ms);
  }

  #lookAfter(ms: number, asked: boolean): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      if (asked) this.#onSilence(true);
      this.#watch = this.#lookAfter(asked ? Math.min(2 * ms, LONGEST_MS) : ms, true);
      this.#retry();
    }, ms);
  }

  #heard(): void {
    clearTimeout(this.#watch);
    this.#watch = this.#pending.size ? this.#lookAfter(PATIENCE_MS, false) : undefined;
    this.#onSilence(false);
  }

  #cancel(id: string): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    pending.reject(aborted());
    this.#post({ id: `${this.#page}-${this.#sent++}`, type: "cancel", target: id });
    if (!this.#pending.size) this.#heard(); // nothing is owed any more
  }

  readonly #receive = (content: Content, buffers: Buffer[]): void => {
    this.#hasHeard = true;
    if ("push" in content) this.#onPush(content);
    else this.#settle(content, (buffers ?? []).map(toDataView));
    this.#heard();
  };

  #settle(reply: Reply, buffers: DataView[]): void {
    const pending = this.#pending.get(reply.reply);
    if (!pending) return;
    if ("part" in reply) return pending.onPart(reply.part, buffers);
    this.#pending.delete(reply.reply);
    if ("error" in reply) pending.reject(new Error(reply.error));
    else pending.resolve({ ok: reply.ok, buffers });
  }
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
