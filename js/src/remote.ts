/** An engine in a worker: its two ends, which exchange commands and answers. */

import { type Answer, everything, isComplete } from "./answer";
import { changesAnswer, type Command, Crossfilter } from "./crossfilter";
import type { Engine, EngineEvents } from "./engine";

/** The first message says how many rows there are; the reply to it is the first answer. */
type ToWorker = number | Command[];

/** A worker, or what a worker speaks to. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror?: ((event: ErrorEvent) => void) | null;
  terminate?(): void;
}

/** All rows follow an answer when nothing else is asked for so long. */
const QUIET_MS = 50;

/** The page's end. */
export class RemoteEngine implements Engine {
  answer: Answer;
  readonly #port: Port;
  #sent = 0;
  #waiting: (() => void)[] = [];

  /** Waits for the worker's first answer; rejects when there can be no worker. */
  static open(port: Port, rowCount: number, { changed, failed }: EngineEvents): Promise<Engine> {
    const engine = new RemoteEngine(port, rowCount);
    return new Promise((resolve, reject) => {
      port.onerror = ({ message }) => reject(new Error(message));
      port.onmessage = () => {
        port.onmessage = ({ data }) => {
          engine.#receive(data as Answer);
          changed();
        };
        port.onerror = ({ message }) => failed(new Error(message));
        resolve(engine);
      };
      port.postMessage(rowCount, []);
    });
  }

  private constructor(port: Port, rowCount: number) {
    this.#port = port;
    this.answer = everything(rowCount);
  }

  send(...commands: Command[]): void {
    this.#sent += commands.filter(changesAnswer).length;
    this.#port.postMessage(commands, commands.flatMap(arraysOf));
  }

  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#release();
    });
  }

  close(): void {
    this.#port.terminate?.();
  }

  #receive(answer: Answer): void {
    this.answer = answer;
    this.#release();
  }

  #release(): void {
    if (this.answer.version < this.#sent || !isComplete(this.answer)) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** One number per row is handed over: copies would take longer than the work on them. */
function arraysOf(command: Command): Transferable[] {
  if (command.do === "column" && command.column) return [command.column.codes.buffer];
  return command.do === "order" && command.order ? [command.order.buffer] : [];
}

/** The worker's end. */
export function serve(port: Port, quietMs = QUIET_MS): void {
  let crossfilter: Crossfilter;
  let work: Generator<number> = idle();
  let pause: ReturnType<typeof setTimeout>;
  // The version of the answer that is out, and of the one with all rows.
  let answered = 0;
  let completed = 0;
  // Timers are never due at once, messages are.
  const turn = new MessageChannel();
  turn.port1.onmessage = step;
  let coming = false;

  function* idle(): Generator<number> {}

  function* catchUp(): Generator<number> {
    for (const _ of crossfilter.prepare()) yield 0;
    if (answered < crossfilter.version) post(crossfilter.answer());
    if (completed === crossfilter.version) return;
    yield quietMs;
    const rest = crossfilter.fullAnswer();
    let next = rest.next();
    for (; !next.done; next = rest.next()) yield 0;
    post(next.value);
  }

  function post(answer: Answer): void {
    answered = answer.version;
    if (isComplete(answer)) completed = answered;
    port.postMessage(answer, answer.list.rows ? [answer.list.rows.buffer] : []);
  }

  function step(): void {
    const { done, value } = work.next();
    coming = !done && value === 0;
    if (coming) turn.port2.postMessage(null);
    else if (!done) pause = setTimeout(step, value);
  }

  port.onmessage = ({ data }: { data: ToWorker }) => {
    if (typeof data === "number") {
      crossfilter = new Crossfilter(data);
      return port.postMessage(null, []);
    }
    for (const command of data) crossfilter.apply(command);
    if (data.every((command) => command.do === "look")) return;
    // The newest command wins: what is built for older ones stays, if it still serves.
    clearTimeout(pause);
    work = catchUp();
    if (!coming) step();
  };
}
