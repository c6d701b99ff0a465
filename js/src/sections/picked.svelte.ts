/** How much of each section on the screen is selected. */

import { SampleSet } from "../values/sampleset";
import type { SectionsView, Settings } from "../view";

/** What moves rests so long before all samples of sections are looked at. */
const REST_MS = 100;

export type Picked = "none" | "part" | "all";

const NOTHING: ReadonlyMap<number, Picked> = new Map();

export class PickedSections {
  readonly #sections: () => SectionsView;
  readonly #settings: Pick<Settings, "selected">;
  /** By code, of the sections that were looked at under `#of`. */
  #picked = $state.raw(NOTHING);
  #of: { sections: SectionsView; selected: SampleSet } | undefined;

  /** To be called while a component is set up; `shown` gives the codes of the sections on the screen. */
  constructor(
    sections: () => SectionsView,
    shown: () => number[],
    settings: Pick<Settings, "selected">,
  ) {
    this.#sections = sections;
    this.#settings = settings;
    $effect(() => {
      const moment = { sections: sections(), selected: settings.selected };
      const codes = shown();
      if (!moment.selected.size) {
        this.#picked = NOTHING;
        return;
      }
      const timer = setTimeout(() => void this.#look(moment, codes), REST_MS);
      return () => clearTimeout(timer);
    });
  }

  of(code: number): Picked {
    return this.#picked.get(code) ?? "none";
  }

  /** Selects all of a section, or where all is selected nothing of it; gives the whole selection. */
  async toggled(code: number): Promise<SampleSet> {
    const isAll = this.of(code) === "all";
    // At once, as the checkbox shows it.
    this.#picked = new Map(this.#picked).set(code, isAll ? "none" : "all");
    const samples = await this.#sections().idsOf(code);
    const { selected } = this.#settings;
    return isAll ? selected.without(SampleSet.of(samples)) : selected.with(samples);
  }

  async #look(moment: { sections: SectionsView; selected: SampleSet }, codes: number[]) {
    const { sections, selected } = moment;
    const isSame = this.#of?.sections === sections && this.#of.selected === selected;
    const picked = new Map(isSame ? this.#picked : []);
    for (const code of codes) {
      if (!picked.has(code)) picked.set(code, share(await sections.idsOf(code), selected));
    }
    // What came meanwhile is looked at next.
    if (this.#sections() !== sections || this.#settings.selected !== selected) return;
    [this.#of, this.#picked] = [moment, picked];
  }
}

function share(samples: ArrayLike<number>, selected: SampleSet): Picked {
  let count = 0;
  for (let i = 0; i < samples.length; i++) count += Number(selected.has(samples[i]));
  if (!count) return "none";
  return count === samples.length ? "all" : "part";
}
