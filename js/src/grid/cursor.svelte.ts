/** Which tile the keyboard is on, and what clicks and keys do to the selection. */

import type { MoveKey } from "../values/gridlayout";
import { SampleSet } from "../values/sampleset";
import type { Settings, TilesView } from "../view";
import type { Viewport } from "./viewport.svelte";

const MOVE_KEYS: ReadonlySet<string> = new Set<MoveKey>([
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Home",
  "End",
  "PageUp",
  "PageDown",
]);

const BY_ROWS: ReadonlySet<string> = new Set<MoveKey>([
  "ArrowUp",
  "ArrowDown",
  "PageUp",
  "PageDown",
]);

/** `toggle`: Ctrl or Command is held; `extend`: Shift is held. */
export interface PickMode {
  toggle: boolean;
  extend: boolean;
}

export class Cursor {
  readonly #tiles: TilesView;
  readonly #settings: Pick<Settings, "selected">;
  readonly #viewport: Viewport;
  readonly #onopen: (sampleId: number) => void;
  /** A sample, so that filters and sort do not move the cursor to another one. */
  #current = $state(-1);
  /** The sample from which Shift extends, and the selection that it belongs to. */
  #anchor = -1;
  #anchored = SampleSet.EMPTY;
  /** Where up and down led to last, and the column that they keep across the ends of sections. */
  #led = { index: -1, column: 0 };

  constructor(
    tiles: TilesView,
    settings: Pick<Settings, "selected">,
    viewport: Viewport,
    onopen: (sampleId: number) => void,
  ) {
    this.#tiles = tiles;
    this.#settings = settings;
    this.#viewport = viewport;
    this.#onopen = onopen;
  }

  /** Grid position; -1 when there is none or a filter hides it. */
  get index(): number {
    return this.#current < 0 ? -1 : this.#tiles.indexOf(this.#current);
  }

  /** Puts the cursor on the first tile on the screen, when it is nowhere yet. */
  enter(): void {
    if (this.index < 0) this.#current = this.#tiles.idAt(this.#viewport.inner.first);
  }

  /** Puts the cursor on a sample, and the sample on the screen. */
  goTo(sampleId: number, reveal = true): void {
    this.#current = sampleId;
    if (reveal && this.index >= 0) this.#viewport.reveal(this.index);
  }

  /**
   * Plainly a sample becomes the only one selected; with `toggle` it joins or leaves; with `extend`
   * everything from the anchor to it is selected, in place of the old selection or, with `toggle`
   * too, in addition to it.
   */
  async pick(sampleId: number, { toggle, extend }: PickMode): Promise<void> {
    const { selected } = this.#settings;
    this.#current = sampleId;
    const anchor = extend ? this.#anchorFor(sampleId) : sampleId;
    if (extend) {
      const samples = await this.#between(anchor, sampleId);
      this.#settings.selected = (toggle ? selected : SampleSet.EMPTY).with(samples);
    } else {
      this.#settings.selected = toggle ? selected.toggled(sampleId) : SampleSet.of([sampleId]);
    }
    this.#setAnchor(anchor);
  }

  /** Selects what no sample is the last of, so that Shift extends from the first. */
  put(samples: SampleSet): void {
    this.#settings.selected = samples;
    this.#anchor = -1;
  }

  async selectAll(): Promise<void> {
    this.#settings.selected = SampleSet.of(await this.#all());
  }

  /** Selects what is in the grid and was not selected. */
  async invert(): Promise<void> {
    const all = SampleSet.of(await this.#all());
    this.#settings.selected = all.without(this.#settings.selected);
  }

  clear(): void {
    this.#settings.selected = SampleSet.EMPTY;
  }

  /** Whether the key was one of the grid's. */
  press({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
    const command = ctrlKey || metaKey;
    if (altKey) return false;
    if (command && key.toLowerCase() === "a") void this.selectAll();
    else if (MOVE_KEYS.has(key)) this.#move(key as MoveKey, { extend: shiftKey, toggle: command });
    else if (key === " " && this.index >= 0) {
      void this.pick(this.#current, { toggle: command || !shiftKey, extend: shiftKey });
    } else if (key === "Enter" && this.index >= 0) this.#onopen(this.#current);
    else if (key === "Escape" && this.#settings.selected.size) this.clear();
    else return false;
    return true;
  }

  #move(key: MoveKey, mode: PickMode): void {
    const { layout, height } = this.#viewport;
    if (!layout.count) return;
    this.enter();
    // The anchor is where the keys were before the first of them extended.
    if (mode.extend && !this.#isAnchored) this.#setAnchor(this.#anchorFor(this.#current));
    const from = this.index;
    const column = from === this.#led.index ? this.#led.column : layout.columnOf(from);
    const to = layout.move(from, key, height, this.#tiles.sections ? column : undefined);
    this.#led = { index: to, column: BY_ROWS.has(key) ? column : layout.columnOf(to) };
    this.goTo(this.#tiles.idAt(to));
    if (mode.extend) void this.pick(this.#current, mode);
    else this.#setAnchor(this.#current);
  }

  #setAnchor(sampleId: number): void {
    this.#anchor = sampleId;
    this.#anchored = this.#settings.selected;
  }

  /** False once somebody else set the selection. */
  get #isAnchored(): boolean {
    return this.#anchor >= 0 && this.#anchored === this.#settings.selected;
  }

  /** A selection that somebody else made extends from its first sample, no selection from here. */
  #anchorFor(sampleId: number): number {
    const { selected } = this.#settings;
    const anchor = this.#isAnchored ? this.#anchor : selected.first;
    return anchor >= 0 && this.#tiles.indexOf(anchor) >= 0 ? anchor : sampleId;
  }

  #between(one: number, other: number): Promise<ArrayLike<number>> {
    const ends = [one, other].map((id) => this.#tiles.indexOf(id));
    return this.#tiles.idsBetween(Math.min(...ends), Math.max(...ends) + 1);
  }

  #all(): Promise<ArrayLike<number>> {
    return this.#tiles.dueIds();
  }
}
