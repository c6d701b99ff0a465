/** Which tile the keyboard is on, and what clicks and keys do to the selection. */

import type { MoveKey } from "../layout";
import { select } from "../selection";
import type { SelectMode } from "../selection";
import type { ExplorerView } from "../view";
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

export class Cursor {
  readonly #explorer: ExplorerView;
  readonly #viewport: Viewport;
  readonly #onopen: (sampleId: number) => void;
  /** A sample, so that filters and sort do not move the cursor to another one. */
  #current = $state(-1);
  /** The sample from which Shift extends. */
  #anchor = -1;

  constructor(explorer: ExplorerView, viewport: Viewport, onopen: (sampleId: number) => void) {
    this.#explorer = explorer;
    this.#viewport = viewport;
    this.#onopen = onopen;
  }

  /** Grid position; -1 when there is none or a filter hides it. */
  get index(): number {
    return this.#current < 0 ? -1 : this.#explorer.indexOf(this.#current);
  }

  /** Puts the cursor on the first tile on the screen, when it is nowhere yet. */
  enter(): void {
    if (this.index < 0) this.#current = this.#explorer.idAt(this.#viewport.inner.first);
  }

  /** Puts the cursor on a sample and the sample on the screen. */
  goTo(sampleId: number): void {
    this.#current = sampleId;
    if (this.index >= 0) this.#viewport.reveal(this.index);
  }

  pick(sampleId: number, mode: SelectMode): void {
    const explorer = this.#explorer;
    this.#current = sampleId;
    const anchor = this.#anchor < 0 ? -1 : explorer.indexOf(this.#anchor);
    const index = explorer.indexOf(sampleId);
    const idAt = (position: number): number => explorer.idAt(position);
    const result = select(explorer.selected, anchor < 0 ? null : anchor, index, mode, idAt);
    this.#anchor = explorer.idAt(result.anchor);
    explorer.setSelected(result.selected);
  }

  /** Whether the key was one of the grid's. */
  press({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
    const command = ctrlKey || metaKey;
    if (altKey) return false;
    if (command && key.toLowerCase() === "a") this.#selectAll();
    else if (MOVE_KEYS.has(key)) this.#move(key as MoveKey, shiftKey);
    else if (key === " " && this.index >= 0) {
      this.pick(this.#current, { toggle: !shiftKey, extend: shiftKey });
    } else if (key === "Enter" && this.index >= 0) this.#onopen(this.#current);
    else if (key === "Escape" && this.#explorer.selected.size) this.#explorer.setSelected([]);
    else return false;
    return true;
  }

  #move(key: MoveKey, extend: boolean): void {
    const { layout, height } = this.#viewport;
    if (!layout.count) return;
    this.enter();
    if (this.#anchor < 0) this.#anchor = this.#current;
    this.goTo(this.#explorer.idAt(layout.move(this.index, key, height)));
    if (extend) this.pick(this.#current, { toggle: false, extend: true });
    else this.#anchor = this.#current;
  }

  #selectAll(): void {
    const { count } = this.#explorer;
    const ids = Array.from({ length: count }, (_, index) => this.#explorer.idAt(index));
    this.#explorer.setSelected(ids);
  }
}
