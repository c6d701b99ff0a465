/** The plot: the trait is the question, what it counts is the engine's answer. */

import { plotOf, type PlotSide, plotSide } from "../values/plot";
import type { Settings } from "../view";
import type { PlotPlace, PlotView } from "../view/plot";
import type { Display } from "./display.svelte";

/** Where the panel is, by model: a host may draw a grid anew at any time. */
const PLACES = new WeakMap<object, PlotPlace>();

/** What a plot goes by. */
interface Sources {
  model: object;
  display: Display;
  settings: Pick<Settings, "plot">;
}

export class PlotState implements PlotView {
  readonly #from: Sources;
  #place = $state<PlotPlace>("beside");

  constructor(from: Sources) {
    this.#from = from;
    this.#place = PLACES.get(from.model) ?? this.#place;
  }

  readonly #sides = $derived.by((): [PlotSide, PlotSide] | null => {
    const { display, settings } = this.#from;
    const infos = display.result?.infos ?? [];
    const [x, y] = settings.plot.map((text) => plotSide(text, infos));
    return x && y ? [x, y] : null;
  });
  get sides(): readonly [PlotSide, PlotSide] | null {
    return this.#sides;
  }

  get place(): PlotPlace {
    return this.#place;
  }
  set place(place: PlotPlace) {
    this.#place = place;
    PLACES.set(this.#from.model, place);
  }

  toggle(key: string): void {
    const { display, settings } = this.#from;
    const isPlotted = this.#sides?.some((side) => side.key === key);
    if (isPlotted) settings.plot = [];
    else if (this.#sides) settings.plot = [settings.plot[0], key];
    else settings.plot = plotOf(key, display.collection?.infos ?? []);
    if (this.#place === "away") this.place = "beside";
  }
}
