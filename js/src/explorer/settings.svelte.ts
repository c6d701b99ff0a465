/** What the user sets and Python shares: the plain traits, as reactive state. */

import type { Traits } from "../protocol";
import { SampleSet } from "../values/sampleset";
import { sortsOf, toSort } from "../values/sort";
import type { TraitSync } from "../kernel/traits";
import type { Cut, GroupOrder, Settings } from "../view";

/** Keys that the user has hidden, by model: a host may draw a grid anew at any time. */
const HIDDEN = new WeakMap<object, ReadonlySet<string>>();

export class SharedSettings implements Settings {
  readonly #sync: TraitSync;
  readonly #changed: (name: keyof Traits) => void;
  #sort = $state.raw<readonly string[]>([]);
  #rows = $state.raw<SampleSet | null>(null);
  #group = $state("");
  #groupOrder = $state<GroupOrder>("value");
  #perGroup = $state(0);
  #cut = $state.raw<Cut | null>(null);
  #compared = $state.raw<readonly number[]>([]);
  #plot = $state.raw<readonly string[]>([]);
  #thumbnailSize = $state(128);
  #fill = $state(false);
  #captions = $state.raw<readonly string[]>([]);
  #captionKeys = $state(true);
  #height = $state(640);
  #selected = $state.raw(SampleSet.EMPTY);
  #active = $state<number | null>(null);
  #hidden = $state.raw<ReadonlySet<string>>(new Set());

  /** `changed` is called after any change, whoever made it, with what changed. */
  constructor(sync: TraitSync, changed: (name: keyof Traits) => void) {
    this.#sync = sync;
    this.#changed = changed;
    this.#hidden = HIDDEN.get(sync.model) ?? this.#hidden;
    this.#follow("sort", (sort) => (this.#sort = sortsOf(sort)));
    this.#follow(
      "rows",
      (packed) => (this.#rows = packed === null ? null : SampleSet.unpack(packed)),
    );
    this.#follow("group", (group) => (this.#group = group));
    this.#follow("group_order", (order) => (this.#groupOrder = order));
    this.#follow("per_group", (count) => (this.#perGroup = count));
    this.#follow("cut", (cut) => (this.#cut = cut));
    this.#follow("compared", (ids) => (this.#compared = ids));
    this.#follow("plot", (keys) => (this.#plot = keys));
    this.#follow("thumbnail_size", (px) => (this.#thumbnailSize = px));
    this.#follow("fill", (fill) => (this.#fill = fill));
    this.#follow("captions", (captions) => (this.#captions = captions));
    this.#follow("caption_keys", (shown) => (this.#captionKeys = shown));
    this.#follow("height", (px) => (this.#height = px));
    this.#follow("selected", (packed) => (this.#selected = SampleSet.unpack(packed)));
    this.#follow("active", (id) => (this.#active = id));
  }

  get sort(): readonly string[] {
    return this.#sort;
  }
  set sort(sort: readonly string[]) {
    this.#sort = sort;
    this.#set("sort", toSort(sort));
  }

  get rows(): SampleSet | null {
    return this.#rows;
  }
  set rows(samples: SampleSet | null) {
    this.#rows = samples;
    this.#set("rows", samples && samples.pack());
  }

  get group(): string {
    return this.#group;
  }
  set group(group: string) {
    this.#group = group;
    this.#set("group", group);
  }

  get groupOrder(): GroupOrder {
    return this.#groupOrder;
  }
  set groupOrder(order: GroupOrder) {
    this.#groupOrder = order;
    this.#set("group_order", order);
  }

  get perGroup(): number {
    return this.#perGroup;
  }
  set perGroup(count: number) {
    this.#perGroup = count;
    this.#set("per_group", count);
  }

  get cut(): Cut | null {
    return this.#cut;
  }
  set cut(cut: Cut | null) {
    if (cut) this.#leave("active", "compared");
    const isMoved = cut !== null && this.#cut !== null;
    this.#cut = cut;
    this.#set("cut", cut, !isMoved);
  }

  get compared(): readonly number[] {
    return this.#compared;
  }
  set compared(sampleIds: readonly number[]) {
    if (sampleIds.length) this.#leave("active", "cut");
    this.#compared = sampleIds;
    this.#set("compared", [...sampleIds]);
  }

  get plot(): readonly string[] {
    return this.#plot;
  }
  set plot(keys: readonly string[]) {
    this.#plot = keys;
    this.#set("plot", [...keys]);
  }

  get thumbnailSize(): number {
    return this.#thumbnailSize;
  }
  set thumbnailSize(px: number) {
    this.#thumbnailSize = px;
    this.#set("thumbnail_size", px, false);
  }

  get fill(): boolean {
    return this.#fill;
  }
  set fill(fill: boolean) {
    this.#fill = fill;
    this.#set("fill", fill);
  }

  get captions(): readonly string[] {
    return this.#captions;
  }
  set captions(keys: readonly string[]) {
    this.#captions = keys;
    this.#set("captions", [...keys]);
  }

  get captionKeys(): boolean {
    return this.#captionKeys;
  }
  set captionKeys(shown: boolean) {
    this.#captionKeys = shown;
    this.#set("caption_keys", shown);
  }

  get height(): number {
    return this.#height;
  }
  set height(px: number) {
    this.#height = px;
    this.#set("height", px, false);
  }

  get selected(): SampleSet {
    return this.#selected;
  }
  set selected(samples: SampleSet) {
    this.#selected = samples;
    this.#set("selected", samples.pack());
  }

  get active(): number | null {
    return this.#active;
  }
  set active(sampleId: number | null) {
    if (sampleId !== null) this.#leave("cut", "compared");
    this.#active = sampleId;
    this.#set("active", sampleId);
  }

  get hidden(): ReadonlySet<string> {
    return this.#hidden;
  }
  set hidden(keys: Iterable<string>) {
    this.#hidden = new Set(keys);
    HIDDEN.set(this.#sync.model, this.#hidden);
  }

  #set<Name extends keyof Traits>(name: Name, value: Traits[Name], settled = true): void {
    this.#sync.set(name, value, settled);
    this.#changed(name);
  }

  /** Ends ways of looking at samples that another one takes the place of. */
  #leave(...ways: ("active" | "cut" | "compared")[]): void {
    for (const way of ways) {
      if (way === "active" && this.#active !== null) this.active = null;
      if (way === "cut" && this.#cut) this.cut = null;
      if (way === "compared" && this.#compared.length) this.compared = [];
    }
  }

  /** Takes a trait's value now and whenever somebody else changes it. */
  #follow<Name extends keyof Traits>(name: Name, take: (value: Traits[Name]) => void): void {
    this.#sync.observe(name, (value) => {
      take(value);
      this.#changed(name);
    });
    take(this.#sync.get(name));
  }
}
