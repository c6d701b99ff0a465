/** An engine in a worker: its two ends, which exchange commands and results. */

import type { Result, Command, Engine, EngineEvents, Query } from "./types";
import { everything, isComplete } from "./results";
import { changesResult, Crossfilter } from "./crossfilter";

/** A query with the number of its answer. */
interface Question {
  query: Query;
  number: number;
}
interface Answer {
  answers: number;
  rows: Uint32Array;
}

/** The first message says how many rows there are; the reply to it is the first result. */
type ToWorker = number | Command[] | Question;

/** A worker, or what a worker speaks to. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror?: ((event: ErrorEvent) => void) | null;
  terminate?(): void;
}

/** All rows follow a result when nothing else is asked for so long. */
const QUIET_MS = 50;

/** The page's end. */
export class RemoteEngine implements Engine {
  result: Result;
  readonly #port: Port;
  sent = 0;
  #waiting: (() => void)[] = [];
  #asked = 0;
  readonly #asking = new Map<number, (rows: Uint32Array) => void>();

  /** Waits for the worker's first result; rejects when there can be no worker. */
  static open(port: Port, rowCount: number, { changed, failed }: EngineEvents): Promise<Engine> {
    const engine = new RemoteEngine(port, rowCount);
    return new Promise((resolve, reject) => {
      port.onerror = ({ message }) => reject(new Error(message));
      port.onmessage = () => {
        port.onmessage = ({ data }: { data: Result | Answer }) => {
          if ("answers" in data) return engine.#answered(data);
          engine.#receive(data);
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
    this.result = everything(rowCount);
  }

  send(...commands: Command[]): void {
    this.sent += commands.filter(changesResult).length;
    this.#port.postMessage(commands, commands.flatMap(arraysOf));
  }

  ask(query: Query): Promise<Uint32Array> {
    return new Promise((resolve) => {
      const number = this.#asked++;
      this.#asking.set(number, resolve);
      this.#port.postMessage({ query, number } satisfies Question, []);
    });
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

  #receive(result: Result): void {
    this.result = result;
    this.#release();
  }

  #answered({ answers, rows }: Answer): void {
    this.#asking.get(answers)?.(rows);
    this.#asking.delete(answers);
  }

  #release(): void {
    if (this.result.version < this.sent || !isComplete(this.result)) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** One number per row is handed over: copies would take longer than the work on them. */
function arraysOf(command: Command): Transferable[] {
  if (command.do === "column" && command.column) return [command.column.codes.buffer];
  if (command.do === "sections") {
    const { sections } = command;
    return sections && "codes" in sections ? [sections.codes.buffer] : [];
  }
  return command.do === "order" && command.order ? [command.order.buffer] : [];
}

/** The worker's end. */
export function serve(port: Port, quietMs = QUIET_MS): void {
  let server: Server | undefined;
  port.onmessage = ({ data }: { data: ToWorker }) => {
    if (Array.isArray(data)) return server?.receive(data);
    if (typeof data === "object") return server?.ask(data);
    server = new Server(port, new Crossfilter(data), quietMs);
    port.postMessage(null, []);
  };
}

class Server {
  readonly #port: Port;
  readonly #crossfilter: Crossfilter;
  readonly #quietMs: number;
  #work: Generator<number> | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  // The version of the result that is out, and of the one with all rows.
  #posted = 0;
  #completed = 0;
  #questions: Question[] = [];
  // Timers are never due at once, messages are.
  readonly #turn = new MessageChannel();
  #coming = false;

  constructor(port: Port, crossfilter: Crossfilter, quietMs: number) {
    this.#port = port;
    this.#crossfilter = crossfilter;
    this.#quietMs = quietMs;
    this.#turn.port1.onmessage = this.#step;
  }

  receive(commands: Command[]): void {
    for (const command of commands) this.#crossfilter.apply(command);
    if (commands.some((command) => command.do !== "look")) this.#resume();
  }

  /** What is asked is answered after the result that is due, and what it lacks when all is quiet. */
  ask(question: Question): void {
    this.#questions.push(question);
    this.#resume();
  }

  #resume(): void {
    // The newest command wins: what is built for older ones stays, if it still serves.
    clearTimeout(this.#pause);
    this.#work = this.#catchUp();
    if (!this.#coming) this.#step();
  }

  /** Yields how long to wait before it goes on, in ms. */
  *#catchUp(): Generator<number> {
    const crossfilter = this.#crossfilter;
    for (const _ of crossfilter.prepare()) yield 0;
    if (this.#posted < crossfilter.version) this.#post(crossfilter.result());
    this.#answer();
    if (this.#completed < crossfilter.version) {
      yield this.#quietMs;
      const rest = crossfilter.fullResult();
      let next = rest.next();
      for (; !next.done; next = rest.next()) yield 0;
      this.#post(next.value);
    }
    const lacking = this.#questions.length && crossfilter.lacks(this.#questions[0].query);
    if (!lacking) return;
    crossfilter.apply(lacking);
    yield* this.#catchUp();
  }

  /** Answers what is prepared. */
  #answer(): void {
    const isReady = ({ query }: Question): boolean => !this.#crossfilter.lacks(query);
    for (const { query, number } of this.#questions.filter(isReady)) {
      const rows = this.#crossfilter.answer(query);
      this.#port.postMessage({ answers: number, rows } satisfies Answer, [rows.buffer]);
    }
    this.#questions = this.#questions.filter((question) => !isReady(question));
  }

  #post(result: Result): void {
    this.#posted = result.version;
    if (isComplete(result)) this.#completed = this.#posted;
    this.#port.postMessage(result, result.list.rows ? [result.list.rows.buffer] : []);
  }

  readonly #step = (): void => {
    const { done, value } = this.#work!.next();
    this.#coming = !done && value === 0;
    if (this.#coming) this.#turn.port2.postMessage(null);
    else if (!done) this.#pause = setTimeout(this.#step, value);
  };
}
