/** What a collection lacks, pulled from the kernel. */

import { isSameSpec, pullArrays } from "./arrays";
import type { LoadedColumns } from "./loaded";
import type { Arrived, Described, EngineArray, PulledArray, Update } from "./types";
import { isCurrent } from "./updates";
import type { Engine } from "../engine/types";
import type { Filters } from "../values/conditions";
import type { RequestChannel } from "../kernel/requests";

export class Supply {
  /** The dataset as it is now. */
  description: Described;
  readonly #channel: RequestChannel;
  readonly #loaded: LoadedColumns;
  readonly #engine: Engine;
  /** By key, the columns that are here or on their way. */
  readonly #pulls = new Map<string, Promise<unknown>>();
  /** Arrays that wait for each other, with the description that they are of. */
  #kept: { of: Described; arrived: Arrived }[] = [];

  constructor(
    channel: RequestChannel,
    description: Described,
    loaded: LoadedColumns,
    engine: Engine,
  ) {
    this.description = description;
    this.#channel = channel;
    this.#loaded = loaded;
    this.#engine = engine;
  }

  /** Sees to it that these columns are here, each pulled once. */
  async columns(keys: readonly string[]): Promise<void> {
    const lacking = keys.filter((key) => this.#hasCodes(key) && !this.#pulls.has(key));
    const pull = this.#pull(lacking.map((key) => this.#loaded.codesOf(key)));
    pull.catch(() => lacking.forEach((key) => this.#pulls.delete(key)));
    for (const key of lacking) this.#pulls.set(key, pull);
    await Promise.all(keys.map((key) => this.#pulls.get(key)));
  }

  /** Whether filters need codes that are not here; of some keys there are none. */
  lacksCodes(filters: Filters): boolean {
    return this.#lackingCodes(filters).length > 0;
  }

  #lackingCodes(filters: Filters): EngineArray[] {
    return this.#loaded.lackingCodes(filters).filter((spec) => this.#hasCodes(keyOf(spec)));
  }

  /** Pulls the codes that filters need; what is shown stays as it is. */
  async codes(filters: Filters): Promise<void> {
    const keys = this.#lackingCodes(filters).map(keyOf);
    await this.columns(keys.filter((key) => !this.#loaded.columns.has(key)));
    await this.#pull(this.#lackingCodes(filters));
  }

  /** Pulls arrays that are to be put in force together. */
  async keep(specs: EngineArray[]): Promise<void> {
    const asked = this.description;
    await this.#fetch(asked, specs, (array, index) => {
      const { header } = array;
      const isVital = specs[index].of !== "mask";
      if (header.kind === "error" && isVital) throw new Error(header.message);
      this.#kept.push({ of: asked, arrived: [specs[index], array] });
    });
  }

  /** What of these arrays is kept as it is in the dataset now. */
  kept(specs: readonly EngineArray[]): Arrived[] {
    this.#kept = this.#kept.filter(({ of, arrived: [spec] }) => {
      return isCurrent(spec, of, this.description) && specs.some((each) => isSameSpec(each, spec));
    });
    return this.#kept.map(({ arrived }) => arrived);
  }

  /**
   * Hands on those of the needed arrays that an update has otherwise, once they are here; false
   * when the update is outdated.
   */
  async renew(
    { description, arrays }: Update,
    needed: () => EngineArray[],
    become: (arrays: Arrived[]) => void,
  ): Promise<boolean> {
    const isOutdated = (spec: EngineArray): boolean =>
      !isCurrent(spec, this.description, description);
    const arrived = (spec: EngineArray): Arrived | undefined =>
      arrays.find(([asked]) => isSameSpec(asked, spec));
    for (;;) {
      // The user may go on meanwhile: what is needed is looked at anew.
      const outdated = needed().filter(isOutdated);
      const lacking = outdated.filter((spec) => !arrived(spec));
      if (!lacking.length) {
        become(outdated.map((spec) => arrived(spec)!));
        return true;
      }
      const take = (array: PulledArray, index: number): void =>
        void arrays.push([lacking[index], array]);
      const { revision, rows } = description;
      if (!(await pullArrays(this.#channel, revision, rows, lacking, take))) return false;
    }
  }

  /** Has what nobody looks at pulled again when somebody does. */
  forget(changed: (key: string) => boolean): void {
    for (const key of [...this.#pulls.keys()]) {
      if (changed(key) && !this.#loaded.columns.has(key)) this.#pulls.delete(key);
    }
  }

  #hasCodes(key: string): boolean {
    return this.description.columns.some((info) => info.key === key);
  }

  /** Takes in codes as they are in the description that is in force when they come. */
  async #pull(specs: EngineArray[]): Promise<void> {
    while (specs.length) {
      const asked = this.description;
      const late: EngineArray[] = [];
      await this.#fetch(asked, specs, (array, index) => {
        const spec = specs[index];
        if (!isCurrent(spec, asked, this.description)) late.push(spec);
        else this.#engine.send(...this.#loaded.put(spec, array));
      });
      specs = late;
    }
  }

  async #fetch(
    { revision, rows }: Described,
    specs: EngineArray[],
    take: (array: PulledArray, index: number) => void,
  ): Promise<void> {
    if (!(await pullArrays(this.#channel, revision, rows, specs, take))) {
      throw new DOMException("a description that is not outdated is to come", "AbortError");
    }
  }
}

function keyOf(spec: EngineArray): string {
  return "key" in spec ? spec.key : "";
}
