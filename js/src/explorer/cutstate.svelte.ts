/** The cut: the trait is the question, what lies on both sides of it the kernel's answer. */

import { untrack } from "svelte";
import type { RequestChannel } from "../kernel/requests";
import type { Edge, Requests } from "../protocol";
import { toWire } from "../values/conditions";
import type { Cut, CutView, Settings, TilesView } from "../view";
import { Side } from "./cutside.svelte";
import type { Display } from "./display.svelte";
import type { FilterKeys } from "./filterkeys.svelte";
import type { FilterState } from "./filterstate";
import type { Pending } from "./pending.svelte";

/** What a cut goes by. */
interface Sources {
  channel: RequestChannel;
  display: Display;
  filters: FilterState;
  keys: FilterKeys;
  pending: Pending;
  settings: Settings;
  tiles: Pick<TilesView, "allIds" | "tile" | "showTiles">;
}

/** What is yet to be asked: of a key that is not cut yet, and by how much the cut moves. */
interface Due {
  opens: string | null;
  samples: number;
  percent: number;
}

export class CutState implements CutView {
  readonly #from: Sources;
  readonly below: Side;
  readonly above: Side;
  #missing = $state<number | null>(null);
  #due: Due | undefined;
  #asking: Promise<void> | undefined;
  /** What the last question was about, as text. */
  #asked = "";
  /** Of which key the histogram was asked for. */
  #pulled: string | undefined;
  /** Where closing the detail view leads. */
  #left: Cut | null = null;

  constructor(from: Sources) {
    this.#from = from;
    const of = (which: "below" | "above"): Side =>
      new Side({
        order: () => (from.settings.cut ? [from.settings.cut.key] : []),
        allIds: () => from.tiles.allIds(),
        tile: (id) => from.tiles.tile(id),
        shown: (edge) => from.tiles.showTiles(this.#onScreen(), edge),
        lacks: () => void this.#ask({}),
        idsBetween: async (first, last) => {
          const none: [number, number] = [0, 0];
          const sides = { below: none, above: none, [which]: [first, last] };
          const { ok } = await from.channel.request("cut", { ...this.#body(), ...sides });
          return ok[which].ids;
        },
      });
    [this.below, this.above] = [of("below"), of("above")];
  }

  get missing(): number | null {
    return this.#missing;
  }

  async open(key: string): Promise<void> {
    await this.#ask({ opens: key, samples: 0, percent: 50 });
  }

  moveTo(place: Edge): void {
    const { key } = this.#from.settings.cut!;
    this.#from.settings.cut = { key, at: this.#written(key, place) };
    void this.#ask({ samples: 0, percent: 0 });
  }

  step(by: { samples: number } | { percent: number }): void {
    const { samples, percent } = { samples: 0, percent: 0, ...by };
    const due = this.#due ?? { samples: 0, percent: 0 };
    void this.#ask({ samples: due.samples + samples, percent: due.percent + percent });
  }

  follow(): void {
    const { keys, settings } = this.#from;
    const { key } = settings.cut ?? {};
    if (key === undefined) return;
    const isNew = this.#question() !== this.#asked;
    untrack(() => {
      if (key !== this.#pulled) void keys.pull();
      this.#pulled = key;
      if (isNew) void this.#ask({});
    });
  }

  show(sampleId: number): void {
    const { settings } = this.#from;
    const { cut } = settings;
    settings.active = sampleId;
    this.#left = cut;
  }

  /** To be called after any change of the settings. */
  adjust(): void {
    const { settings } = this.#from;
    if (settings.cut) this.#left = null;
    if (!this.#left || settings.active !== null) return;
    const left = this.#left;
    this.#left = null;
    if (!settings.compared.length) settings.cut = left;
  }

  /** Both sides in turns, the nearest first. */
  #onScreen(): number[] {
    const [below, above] = [this.below.onScreen, this.above.onScreen];
    const length = Math.max(below.length, above.length);
    return Array.from({ length }, (_, i) => [below[i] ?? -1, above[i] ?? -1]).flat();
  }

  /** What the sides follow from; read in an effect it subscribes to changes. */
  #question(): string {
    const { display, filters, settings } = this.#from;
    const { revision } = display.result?.places ?? {};
    return JSON.stringify([settings.cut, revision, toWire(filters.wanted), settings.rows?.pack()]);
  }

  #body(due?: Due): Requests["cut"]["body"] {
    const { filters, settings } = this.#from;
    const opens = due?.opens ?? null;
    return {
      key: opens ?? settings.cut!.key,
      at: opens === null ? settings.cut!.at : null,
      samples: due?.samples ?? 0,
      percent: due?.percent ?? 0,
      filters: toWire(filters.wanted),
      rows: settings.rows?.pack() ?? null,
      below: this.below.window,
      above: this.above.window,
    };
  }

  /** Asks for more, now or with the next question: one is under way at a time. */
  #ask(more: Partial<Due>): Promise<void> {
    this.#due = { opens: null, samples: 0, percent: 0, ...this.#due, ...more };
    this.#asking ??= this.#askAll();
    return this.#asking;
  }

  async #askAll(): Promise<void> {
    try {
      while (this.#due) await this.#askOnce(this.#due);
    } catch (error) {
      this.#due = undefined;
      if ((error as Error).name !== "AbortError") {
        this.#from.pending.notify((error as Error).message);
      }
    }
    this.#asking = undefined;
  }

  async #askOnce(due: Due): Promise<void> {
    const { channel, pending, settings } = this.#from;
    this.#due = undefined;
    if (due.opens === null && !settings.cut) return;
    const before = settings.cut;
    const body = this.#body(due);
    this.#asked = this.#question();
    const { ok } = await channel.request("cut", body);
    // It was closed meanwhile, or goes through another key.
    if (due.opens === null && settings.cut?.key !== body.key) return;
    if (ok.at === null && due.opens !== null) {
      return pending.notify(`No sample that shows has a value of ${body.key}`, false);
    }
    const isMoved = due.opens !== null || due.samples !== 0 || due.percent !== 0;
    if (isMoved && ok.at !== null && settings.cut === before) {
      settings.cut = { key: body.key, at: ok.at };
      this.#asked = this.#question();
    }
    this.below.take(ok.below, body.below);
    this.above.take(ok.above, body.above);
    this.#missing = ok.missing;
  }

  /** A place on the scale as a bound. */
  #written(key: string, place: Edge): number | string {
    const scale = this.#from.keys.all.find((view) => view.key === key)?.range?.scale;
    return scale?.withBound(null, "min", place)?.min ?? place;
  }
}
