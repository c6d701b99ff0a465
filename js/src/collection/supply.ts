/** What a collection lacks, pulled from the kernel. */

import { isSameSpec, keyOf, pullArrays } from "./arrays";
import type { LoadedColumns } from "./loaded";
import type { Arrived, Described, EngineArray, PulledArray, Update } from "./types";
import { hasSameValues } from "./updates";
import type { Command, Engine } from "../engine/types";
import type { RequestChannel } from "../kernel/requests";

export class Supply {
  /** The dataset as it is now. */
  description: Described;
  readonly #channel: RequestChannel;
  readonly #loaded: LoadedColumns;
  readonly #engine: Engine;
  /** By key, the columns that are here or on their way. */
  readonly #pulls = new Map<string, Promise<unknown>>();

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

  /** Pulls what the filter of a key needs. */
  async filter(key: string): Promise<void> {
    await this.columns([key]);
    const lacking = this.#loaded.lacking(key);
    if (lacking) await this.#pull([lacking]);
  }

  /** Brings the rows into the order of a sort. */
  async order(sort: string): Promise<void> {
    const set = (commands: Command[]): void => {
      this.#engine.send(...commands);
      this.#loaded.sort = sort;
    };
    if (!sort) return set([{ do: "order", order: null }]);
    await this.#pull([{ of: "order", sort }], set);
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
      !hasSameValues(this.description, description, keyOf(spec));
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

  /** Takes in arrays as they are in the description that is in force when they come. */
  async #pull(
    specs: EngineArray[],
    send = (commands: Command[]): void => this.#engine.send(...commands),
  ): Promise<void> {
    while (specs.length) {
      const asked = this.description;
      const late: EngineArray[] = [];
      const receive = (array: PulledArray, index: number): void => {
        const spec = specs[index];
        if (!hasSameValues(asked, this.description, keyOf(spec))) late.push(spec);
        else send(this.#loaded.put(spec, array));
      };
      if (!(await pullArrays(this.#channel, asked.revision, asked.rows, specs, receive))) {
        throw new DOMException("a description that is not outdated is to come", "AbortError");
      }
      specs = late;
    }
  }
}
