/** The filters: the trait is the question, and this its one writer. All else is derived from it. */

import type { Question } from "../collection/types";
import type { TraitSync } from "../kernel/traits";
import type { Category, Condition } from "../protocol";
import { type Filters, fromWire, toWire, wantedOf, withCondition } from "../values/conditions";
import type { FiltersView, Settings } from "../view";
import type { Collapsed } from "./collapsed";
import type { Display } from "./display.svelte";
import type { Pending } from "./pending.svelte";

/** What is asked for beside the filters. */
type Others = Pick<Settings, "rows" | "sort" | "group" | "groupOrder" | "perGroup">;

/** What the filters go by. */
interface Surroundings {
  sync: TraitSync;
  settings: Others;
  collapsed: Collapsed;
  display: Display;
  pending: Pending;
}

export class FilterState implements FiltersView {
  readonly #sync: TraitSync;
  readonly #settings: Others;
  readonly #collapsed: Collapsed;
  readonly #display: Display;
  readonly #pending: Pending;
  #filters: Filters;
  readonly #held = new Set<string>();
  #isDue = false;
  /** Whether something else was asked for since the grid was brought to it. */
  #isAsked = false;

  constructor({ sync, settings, collapsed, display, pending }: Surroundings) {
    this.#sync = sync;
    this.#settings = settings;
    this.#collapsed = collapsed;
    this.#display = display;
    this.#pending = pending;
    this.#filters = fromWire(sync.get("filters"), new Map());
    sync.observe("filters", (wire) => {
      this.#filters = fromWire(wire, this.#filters);
      this.#display.draw();
      this.settleSoon();
    });
  }

  /** The condition by key that is asked for. */
  get wanted(): Filters {
    return this.#filters;
  }

  filterBy(key: string, condition: Condition | null, settled = true): void {
    this.#ask(withCondition(this.#filters, key, condition), settled);
  }

  toggleValue(key: string, value: Category, checked: boolean): void {
    const others = wantedOf(this.#filters.get(key) ?? null).filter((wanted) => wanted !== value);
    const wanted = checked ? [...others, value] : others;
    const [only] = wanted;
    const isElement = this.#display.collection?.columns.get(key)?.kind === "elements";
    if (isElement && wanted.length === 1 && only !== null) {
      this.filterBy(key, { contains: only });
    } else this.filterBy(key, wanted.length ? { in: wanted } : null);
  }

  clearFilter(key: string): void {
    this.filterBy(key, null);
  }

  clearFilters(): void {
    if (!this.#settings.rows) return this.#ask(new Map(), true);
    this.#settings.rows = null;
    this.#filters = new Map();
    this.#sync.set("filters", {});
    this.#display.draw();
  }

  setLog(key: string, log: boolean): void {
    this.#display.collection?.setLog(key, log);
    this.#display.renew();
  }

  hold(key: string, held: boolean): void {
    if (held) this.#held.add(key);
    else this.#held.delete(key);
    if (this.#display.collection?.hold(key, held)) this.#display.draw();
  }

  /** Whether somebody holds a thumb. */
  get isHeld(): boolean {
    return this.#held.size > 0;
  }

  /** Brings the grid to all that the traits ask for by then: what changes together shows together. */
  settleSoon(): void {
    this.#isAsked = true;
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      void this.settle();
    });
  }

  /** Brings the grid to what the traits ask for: nothing waits in its place if that is something else. */
  async settle(): Promise<void> {
    const { collection } = this.#display;
    const isAsked = this.#isAsked;
    this.#isAsked = false;
    await this.#pending.run(async () => collection?.follow(this.question, isAsked));
    this.#display.answered();
  }

  /** What the traits ask for. */
  readonly question = (): Question => {
    const { rows, sort, group, groupOrder, perGroup } = this.#settings;
    const collapsed = this.#collapsed.of(group);
    return { filters: this.#filters, rows, sort, group, groupOrder, perGroup, collapsed };
  };

  /** The one writer of the trait. */
  #ask(filters: Filters, settled: boolean): void {
    this.#filters = filters;
    // The engine may be at work while the kernel is told.
    this.#follow(settled);
    this.#sync.set("filters", toWire(filters), settled);
  }

  /** Brings what is shown to the filters: at once, or drawn with the result of the engine. */
  #follow(settled: boolean): void {
    // Unless the result takes long, or the user goes on.
    this.#display.drawSoon();
    const { collection } = this.#display;
    const isAll = collection?.inForce.apply(this.#filters);
    if (isAll) collection?.places.letGo();
    if (settled || !isAll) this.#display.draw();
    if (isAll !== false) return;
    this.#isAsked = true;
    void this.settle();
  }
}
