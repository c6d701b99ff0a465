/** From one section of the grid to the next, to compare what is in it. */

import type { SectionView, SectionsView, Settings, TilesView } from "../view";

/** So many stand side by side at most, and so many at least. */
export const MOST = 6;
export const LEAST = 2;

export class Groups {
  readonly #tiles: Pick<TilesView, "sections" | "indexOf">;
  readonly #settings: Pick<Settings, "compared">;
  /** The section that was gone to, as long as its samples are those compared. */
  #went: { code: number; ids: string } | null = $state.raw(null);

  constructor(
    tiles: Pick<TilesView, "sections" | "indexOf">,
    settings: Pick<Settings, "compared">,
  ) {
    this.#tiles = tiles;
    this.#settings = settings;
  }

  /** Whether there are sections at all. */
  get any(): boolean {
    return this.#tiles.sections !== null;
  }

  /** The key grouped by. */
  get key(): string {
    return this.#tiles.sections?.key ?? "";
  }

  /** The section of what is compared. */
  get current(): SectionView | null {
    const { sections } = this.#tiles;
    const index = sections ? this.#index(sections) : -1;
    return index < 0 ? null : sections!.at(index);
  }

  /** The next or the one before that has something to compare; those that lack the key are no group. */
  neighbour(by: 1 | -1): SectionView | null {
    const { sections } = this.#tiles;
    if (!sections) return null;
    const index = this.#index(sections);
    const start = index < 0 && by < 0 ? sections.length : index;
    for (let at = start + by; at >= 0 && at < sections.length; at += by) {
      const section = sections.at(at);
      if (section.count >= LEAST && section.value !== null) return section;
    }
    return null;
  }

  /** The samples of a section that stand side by side: the first of them in the order of the grid. */
  async samplesOf({ code }: SectionView): Promise<number[]> {
    const ids = (await this.#tiles.sections?.idsOf(code)) ?? [];
    return Array.from({ length: Math.min(ids.length, MOST) }, (_, at) => ids[at]);
  }

  /** Compares the samples of the next section, or of the one before. */
  async go(by: 1 | -1): Promise<void> {
    const section = this.neighbour(by);
    if (!section) return;
    const before = this.#settings.compared;
    const ids = await this.samplesOf(section);
    // Unless somebody was faster.
    if (ids.length < LEAST || this.#settings.compared !== before) return;
    this.#went = { code: section.code, ids: ids.join() };
    this.#settings.compared = ids;
  }

  #index(sections: SectionsView): number {
    const { compared } = this.#settings;
    if (this.#went?.ids === compared.join()) return sections.indexOf(this.#went.code);
    const position = compared.length ? this.#tiles.indexOf(compared[0]) : -1;
    return position < 0 ? -1 : sections.indexAt(position);
  }
}
