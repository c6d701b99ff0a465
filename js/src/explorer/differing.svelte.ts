/** How samples differ from the others: the filters, or the selection, are the question. */

import { untrack } from "svelte";
import type { RequestChannel } from "../kernel/requests";
import { toWire } from "../values/conditions";
import type { Settings } from "../view";
import type { DifferingAnswer, DifferingView } from "../view/differing";
import type { Display } from "./display.svelte";
import type { FilterState } from "./filterstate";
import type { Pending } from "./pending.svelte";

/** After so long without a change a drag has come to rest. */
const REST_MS = 250;

interface Sources {
  channel: Pick<RequestChannel, "request">;
  display: Pick<Display, "result">;
  filters: Pick<FilterState, "wanted" | "isHeld">;
  pending: Pick<Pending, "notify">;
  settings: Pick<Settings, "rows" | "selected">;
}

export class Differing implements DifferingView {
  readonly #from: Sources;
  #on = $state(false);
  #answer = $state.raw<DifferingAnswer | null>(null);
  /** What was asked last: each the same object as long as it says the same. */
  #asked: readonly unknown[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;

  constructor(from: Sources) {
    this.#from = from;
  }

  get on(): boolean {
    return this.#on;
  }
  set on(on: boolean) {
    this.#on = on;
    this.#asked = [];
    if (on) return;
    clearTimeout(this.#timer);
    this.#answer = null;
  }

  get answer(): DifferingAnswer | null {
    return this.#answer;
  }

  follow(): void {
    if (!this.#on) return;
    const question = this.#question();
    untrack(() => {
      if (question[0] === undefined || this.#isAsked(question)) return;
      const isFirst = !this.#asked.length;
      this.#asked = question;
      this.#askIn(isFirst ? 0 : REST_MS);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #question(): readonly unknown[] {
    const { display, filters, settings } = this.#from;
    const revision = display.result?.revision;
    return [revision, filters.wanted, settings.rows, settings.selected];
  }

  #isAsked(question: readonly unknown[]): boolean {
    return question.every((part, i) => part === this.#asked[i]);
  }

  #askIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#from.filters.isHeld || this.#asking) this.#askIn(REST_MS);
      else void this.#ask();
    }, ms);
  }

  async #ask(): Promise<void> {
    const { channel, filters, pending, settings } = this.#from;
    const { selected, rows } = settings;
    this.#asking = true;
    try {
      const { ok } = await channel.request("differences", {
        filters: toWire(filters.wanted),
        rows: rows?.pack() ?? null,
        selected: selected.pack(),
      });
      const byKey = new Map(ok.keys.map((each) => [each.key, each]));
      const { inside, outside } = ok;
      if (this.#on) this.#answer = { inside, outside, isSelection: selected.size > 0, byKey };
    } catch (error) {
      if ((error as Error).name !== "AbortError") pending.notify((error as Error).message);
      this.#answer = null;
    } finally {
      this.#asking = false;
    }
  }
}
