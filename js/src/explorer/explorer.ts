/** One view's state, part by part: the traits are the question, all else is derived. */

import { isKernelless } from "../kernel/kernelless";
import { RequestChannel } from "../kernel/requests";
import { type Model, TraitSync } from "../kernel/traits";
import type { ExplorerView } from "../view";
import { Collapsed } from "./collapsed";
import { CutState } from "./cutstate.svelte";
import { Differing } from "./differing.svelte";
import { Display } from "./display.svelte";
import { FilterKeys } from "./filterkeys.svelte";
import { FilterState } from "./filterstate";
import { Life } from "./life";
import { Holding } from "./holding";
import { Loading } from "./loading.svelte";
import { Pending } from "./pending.svelte";
import { PlotState } from "./plotstate.svelte";
import { Samples } from "./samples";
import { NearSamples } from "./nearsamples";
import { SharedSettings } from "./settings.svelte";
import { Tiles } from "./tiles.svelte";

/** Traits that say what is shown, beside the filters. */
const ASKING: ReadonlySet<string> = new Set(["rows", "sort", "group", "group_order", "per_group"]);

export class Explorer implements ExplorerView {
  readonly settings: SharedSettings;
  readonly filters: FilterState;
  readonly keys: FilterKeys;
  readonly tiles: Tiles;
  readonly samples: Samples;
  readonly samplesAt: NearSamples;
  readonly cut: CutState;
  readonly plot: PlotState;
  readonly differing: Differing;
  readonly life: Life;
  readonly #sync: TraitSync;
  readonly #channel: RequestChannel;
  readonly #loading: Loading;

  constructor(model: Model) {
    const [sync, display, pending] = [new TraitSync(model), new Display(), new Pending()];
    const kernelless = isKernelless(model.widget_manager, sync.get("layout" as never));
    const channel = new RequestChannel(
      model,
      ({ message, problem }) => pending.notify(message, problem),
      (silent) => (pending.silent = silent),
    );
    const settings = new SharedSettings(sync, (name) => {
      this.cut.adjust();
      this.tiles.adjust();
      if (ASKING.has(name)) this.filters.settleSoon();
    });
    const collapsed = Collapsed.at(model);
    const parts = { sync, channel, display, pending, settings, collapsed };
    this.settings = settings;
    this.tiles = new Tiles(parts, () => this.filters.settleSoon());
    this.filters = new FilterState(parts);
    this.keys = new FilterKeys({ ...parts, filters: this.filters });
    this.samples = new Samples(channel);
    this.samplesAt = new NearSamples(display, this.tiles);
    const { filters, keys, tiles } = this;
    this.cut = new CutState({ ...parts, filters, keys, tiles });
    this.differing = new Differing({ ...parts, filters });
    this.plot = new PlotState({ ...parts, model, filters, keys, tiles });
    const holding = new Holding(sync, () => this.#loading.settle());
    this.#loading = new Loading({
      ...parts,
      holding,
      filters: this.filters,
      keys: this.keys,
      tiles: this.tiles,
    });
    this.life = new Life({ ...parts, loading: this.#loading }, kernelless);
    [this.#sync, this.#channel] = [sync, channel];
    sync.observe("_revision", () => void this.#loading.load());
    void this.#loading.load();
  }

  /** What the user is told. */
  get notices(): Life {
    return this.life;
  }

  close(): void {
    this.tiles.close();
    this.#sync.close();
    this.#channel.close();
    this.#loading.close();
    this.differing.close();
  }
}
