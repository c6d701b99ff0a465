/** The keys to filter by, as they follow from the filters and the collection. */

import type { Collection } from "../collection/collection";
import type { RequestChannel } from "../kernel/requests";
import type { TraitSync } from "../kernel/traits";
import type { Condition } from "../protocol";
import { toWire } from "../values/conditions";
import { type KeyFormat, PLAIN } from "../values/keyformat";
import { plotSide } from "../values/plot";
import type { CodeOf, KeysView, KeyView, Settings } from "../view";
import type { Display } from "./display.svelte";
import type { FilterState } from "./filterstate";
import type { Pending } from "./pending.svelte";
import { Stale } from "./stale.svelte";

/** What the keys follow from. */
interface Sources {
  sync: TraitSync;
  channel: RequestChannel;
  display: Display;
  filters: FilterState;
  pending: Pending;
  settings: Pick<Settings, "cut" | "plot">;
}

export class FilterKeys implements KeysView {
  readonly #from: Sources;
  /** Keys whose filters are in view. */
  readonly #wanted = new Set<string>();
  #wanting = false;
  readonly #stale: Stale;

  constructor(from: Sources) {
    this.#from = from;
    this.#stale = new Stale(from.channel);
  }

  readonly #all = $derived.by(() => {
    const { display, filters } = this.#from;
    return display.result?.keyViews(filters.wanted) ?? [];
  });
  get all(): KeyView[] {
    return this.#all;
  }

  readonly #chips = $derived.by(() => {
    const { display, filters } = this.#from;
    if (!display.result) return [];
    return [...filters.wanted].map(([key, condition]) => ({
      key,
      text: `${key} ${this.#written(key, condition)}`.trim(),
    }));
  });
  get chips(): { key: string; text: string }[] {
    return this.#chips;
  }

  formatOf(key: string): KeyFormat {
    return this.#from.display.result?.formatOf(key) ?? PLAIN;
  }

  staleOf(key: string): string {
    return this.#stale.of(key);
  }

  countWithout(key: string): number {
    return this.#from.display.result?.countWithout(key) ?? 0;
  }

  countWithoutRows(): number {
    return this.#from.display.result?.countWithoutRows() ?? 0;
  }

  async code(of: CodeOf): Promise<string> {
    const { channel, filters, sync } = this.#from;
    const body = {
      of,
      filters: toWire(filters.wanted),
      rows: sync.get("rows"),
      sort: sync.get("sort"),
      group: sync.get("group"),
      group_order: sync.get("group_order"),
      per_group: sync.get("per_group"),
      selected: sync.get("selected"),
      cut: sync.get("cut"),
      plot: sync.get("plot"),
    };
    return (await channel.request("code", body)).ok.code;
  }

  want(key: string, wanted: boolean): void {
    if (wanted) this.#wanted.add(key);
    else this.#wanted.delete(key);
    if (this.#wanting) return;
    this.#wanting = true;
    queueMicrotask(() => {
      this.#wanting = false;
      void this.pull();
    });
  }

  prepare(key: string): void {
    this.#stale.look(); // a cell may have defined the function anew, which changes no data
    this.#from.display.collection?.prepare(key);
  }

  /** Fetches what the filters in view show. */
  async pull(collection?: Collection): Promise<void> {
    const { display, pending, settings } = this.#from;
    this.#stale.look();
    const shown = collection ?? display.collection;
    const keys = new Set(this.#wanted);
    if (settings.cut) keys.add(settings.cut.key);
    for (const text of settings.plot) {
      const side = plotSide(text, shown?.infos ?? []);
      if (side) keys.add(side.key);
    }
    await pending.run(async () => shown?.want([...keys]));
    // What has no codes has no result either, but a reason.
    display.renew();
  }

  /** What a condition says; what is odd about one key does not keep the others from being shown. */
  #written(key: string, condition: Condition): string {
    try {
      return this.formatOf(key).condition(condition);
    } catch {
      return "…";
    }
  }
}
