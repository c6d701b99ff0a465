/** Which sections are collapsed: a matter of this browser, as hidden keys are. */

const NONE: ReadonlySet<string> = new Set();

/** By model: a host may draw a grid anew at any time. */
const KEPT = new WeakMap<object, Collapsed>();

export class Collapsed {
  #group = "";
  #names = NONE;

  /** Those of a model. */
  static at(model: object): Collapsed {
    const collapsed = KEPT.get(model) ?? new Collapsed();
    KEPT.set(model, collapsed);
    return collapsed;
  }

  /** Names of the sections of a group; all of another group are expanded. */
  of(group: string): ReadonlySet<string> {
    return group === this.#group ? this.#names : NONE;
  }

  toggle(group: string, name: string): void {
    const names = new Set(this.of(group));
    if (!names.delete(name)) names.add(name);
    this.set(group, names);
  }

  set(group: string, names: Iterable<string>): void {
    [this.#group, this.#names] = [group, new Set(names)];
  }
}
