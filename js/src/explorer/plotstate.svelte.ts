/** The plot: the trait is the question, what it counts is the engine's answer. */

import { untrack } from "svelte";
import type { Counted, Plotted } from "../collection/plane";
import type { Condition } from "../protocol";
import { isRange } from "../values/conditions";
import { MatrixAxis, type MatrixLine } from "../values/matrixaxis";
import { isMap, plotOf, type PlotSide, plotSide } from "../values/plot";
import { PlotAxis, type Stretch, WHOLE } from "../values/plotaxis";
import type { Settings, TileState } from "../view";
import type { DensityView, MatrixView, PlotPlace, PlotView } from "../view/plot";
import type { Display } from "./display.svelte";
import type { FilterKeys } from "./filterkeys.svelte";
import type { FilterState } from "./filterstate";
import type { Tiles } from "./tiles.svelte";

/** Where the panel is, by model: a host may draw a grid anew at any time. */
const PLACES = new WeakMap<object, PlotPlace>();

/** What a plot goes by. */
interface Sources {
  model: object;
  display: Display;
  filters: FilterState;
  keys: FilterKeys;
  settings: Pick<Settings, "plot">;
  tiles: Tiles;
}

/** What is in sight of a plot. */
interface Sight {
  of: string;
  stretches: readonly [Stretch, Stretch];
}
const ALL: Sight["stretches"] = [WHOLE, WHOLE];

export class PlotState implements PlotView {
  readonly #from: Sources;
  #place = $state<PlotPlace>("beside");
  #sight = $state.raw<Sight>({ of: "", stretches: ALL });
  /** What was counted last, and of which keys. */
  #last: { of: string; counted: Counted } | null = null;
  /** For which keys the codes were asked for. */
  #pulled = "";

  constructor(from: Sources) {
    this.#from = from;
    this.#place = PLACES.get(from.model) ?? this.#place;
  }

  /** The two keys as text: the same as long as they are. */
  readonly #name = $derived.by(() => {
    const { display, settings } = this.#from;
    const infos = display.result?.infos ?? [];
    const sides = settings.plot.map((text) => plotSide(text, infos));
    return sides.length === 2 && sides.every(Boolean) ? JSON.stringify(sides) : "";
  });
  readonly #sides = $derived.by((): [PlotSide, PlotSide] | null =>
    this.#name ? JSON.parse(this.#name) : null,
  );
  get sides(): readonly [PlotSide, PlotSide] | null {
    return this.#sides;
  }

  readonly #stretches = $derived.by(() =>
    this.#sight.of === this.#name ? this.#sight.stretches : ALL,
  );
  get stretches(): readonly [Stretch, Stretch] {
    return this.#stretches;
  }

  readonly #plotted = $derived.by((): Plotted | null => {
    if (!this.#sides) return null;
    const [x, y] = this.#sides;
    const linear = isMap(x.key, y.key);
    const [across, up] = this.#stretches;
    return [
      { ...x, linear, stretch: across },
      { ...y, linear, stretch: up },
    ];
  });

  readonly #counted = $derived.by((): Counted | null => {
    const of = this.#name;
    const counted = this.#from.display.result?.plane.counted;
    const last = this.#last?.of === of ? this.#last.counted : null;
    if (!of || !counted) return last;
    if (last?.id === counted.id && last.axes === counted.axes) {
      if (last.counts.every((count, cell) => count === counted.counts[cell])) return last;
    }
    this.#last = { of, counted };
    return counted;
  });

  readonly #density = $derived.by((): DensityView | null => {
    const { axes, counts } = this.#counted ?? {};
    const [x, y] = axes ?? [];
    return counts && x instanceof PlotAxis && y instanceof PlotAxis ? { x, y, counts } : null;
  });
  get density(): DensityView | null {
    return this.#density;
  }

  readonly #matrix = $derived.by((): MatrixView | null => {
    const { axes, counts } = this.#counted ?? {};
    const [x, y] = axes ?? [];
    return counts && x instanceof MatrixAxis && y instanceof MatrixAxis ? { x, y, counts } : null;
  });
  get matrix(): MatrixView | null {
    return this.#matrix;
  }

  readonly #conditions = $derived.by((): [Condition | null, Condition | null] => {
    const { display, filters } = this.#from;
    const [x, y] = this.#sides ?? [];
    const of = (side?: PlotSide): Condition | null =>
      (display.result && side && filters.wanted.get(side.key)) ?? null;
    return [of(x), of(y)];
  });
  get conditions(): readonly [Condition | null, Condition | null] {
    return this.#conditions;
  }

  get problem(): string | null {
    const sides = this.#sides ?? [];
    const views = sides.map(({ key }) => this.#from.keys.all.find((view) => view.key === key));
    return views.find((view) => view?.problem && !view.range)?.problem ?? null;
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

  look(x: Stretch, y: Stretch): void {
    this.#sight = { of: this.#name, stretches: [x, y] };
  }

  follow(): void {
    const { display, keys } = this.#from;
    const [collection, plotted, name] = [display.collection, this.#plotted, this.#name];
    untrack(() => {
      collection?.plane.want(plotted);
      if (name && name !== this.#pulled) void keys.pull();
      this.#pulled = name;
    });
  }

  narrow(rectangle: readonly [Stretch, Stretch] | null): void {
    const { filters } = this.#from;
    const { x, y } = this.#density ?? {};
    this.#sides?.forEach(({ key }, i) => {
      const axis = [x, y][i];
      if (!axis || !rectangle) return filters.clearFilter(key);
      const { from, to } = rectangle[i];
      const condition = filters.wanted.get(key);
      const range = condition && isRange(condition) ? condition : null;
      const isWhole = from <= 0 && to >= 1;
      if (isWhole && (!range || (range.min === null && range.max === null))) return;
      filters.filterBy(key, axis.scale.narrowed(range, axis.thumbs(from, to)));
    });
  }

  choose(cell: readonly [MatrixLine, MatrixLine] | null): void {
    this.#sides?.forEach(({ key }, i) => {
      this.#from.filters.filterBy(key, cell?.[i].condition ?? null);
    });
  }

  async samplesIn(cells: readonly number[], count: number): Promise<number[][]> {
    const id = this.#counted?.id;
    if (id === undefined) return [];
    return (await this.#from.display.collection?.samplesIn(id, cells, count)) ?? [];
  }

  show(who: object, sampleIds: readonly number[], edge: number): void {
    this.#from.tiles.showBeside(who, sampleIds, edge);
  }

  tile(sampleId: number): TileState | undefined {
    return this.#from.tiles.tile(sampleId);
  }
}
