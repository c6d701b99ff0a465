import type { AnyModel } from "@anywidget/types";
import { expect, test, vi } from "vitest";
import type { Collection } from "../../src/collection/collection";
import type { Question } from "../../src/collection/types";
import { Collapsed } from "../../src/explorer/collapsed";
import { Display } from "../../src/explorer/display.svelte";
import { FilterState } from "../../src/explorer/filterstate";
import { Pending } from "../../src/explorer/pending.svelte";
import { TraitSync } from "../../src/kernel/traits";
import type { Traits } from "../../src/protocol";
import { SampleSet } from "../../src/values/sampleset";

const RANGE = { min: 1, max: null, missing: false };

function stateOf() {
  const values: Record<string, unknown> = { filters: {} };
  const listeners = new Map<string, () => void>();
  const model = {
    get: (name: string) => values[name],
    set: (name: string, value: unknown) => {
      values[name] = value;
      listeners.get(`change:${name}`)?.();
    },
    on: (event: string, listener: () => void) => listeners.set(event, listener),
    save_changes: () => {},
  };
  const settings = {
    rows: null as SampleSet | null,
    sort: [] as string[],
    group: "",
    groupOrder: "value" as const,
    perGroup: 0,
  };
  const questions: Question[] = [];
  const asked: boolean[] = [];
  const letGo = vi.fn();
  const applied = vi.fn(() => true);
  const collection = {
    follow: async (question: () => Question, isAsked: boolean) => {
      questions.push(question());
      asked.push(isAsked);
    },
    places: { letGo },
    inForce: { apply: applied },
    engine: { result: { version: 0 }, sent: 0 },
  };
  const display = new Display();
  display.collection = collection as unknown as Collection;
  const sync = new TraitSync(model as unknown as AnyModel<Traits>);
  const pending = new Pending();
  const filters = new FilterState({ sync, settings, collapsed: new Collapsed(), display, pending });
  return { filters, model, settings, questions, applied, asked, letGo };
}

test("what somebody asks for waits in no place, what data brought does", async () => {
  const { filters, model, asked, letGo, applied } = stateOf();
  await filters.settle();
  model.set("filters", { a: RANGE });
  await vi.waitFor(() => expect(asked).toEqual([false, true]));
  expect(letGo).not.toHaveBeenCalled();
  filters.filterBy("a", null, false);
  expect(letGo).toHaveBeenCalledOnce();
  applied.mockReturnValue(false);
  filters.filterBy("a", RANGE);
  expect([asked, letGo.mock.calls.length]).toEqual([[false, true, true], 1]);
});

test("what the kernel changes together is asked for together", async () => {
  const { filters, model, settings, questions, applied } = stateOf();
  model.set("filters", { a: RANGE });
  settings.sort = ["-a"];
  filters.settleSoon();
  settings.group = "b";
  filters.settleSoon();
  expect(questions).toEqual([]);
  await vi.waitFor(() => expect(questions).toHaveLength(1));
  expect(questions[0]).toMatchObject({ sort: ["-a"], group: "b" });
  expect([...questions[0].filters]).toEqual([["a", RANGE]]);
  expect(applied).not.toHaveBeenCalled();
});

test("a drag goes to the engine at once", () => {
  const { filters, applied, questions } = stateOf();
  filters.filterBy("a", RANGE, false);
  expect(applied).toHaveBeenCalledTimes(1);
  expect(questions).toEqual([]);
});

test("clearing all filters shows all samples, those too that are not chosen", () => {
  const { filters, settings, model } = stateOf();
  filters.filterBy("a", RANGE);
  settings.rows = SampleSet.of([1]);
  filters.clearFilters();
  expect([settings.rows, model.get("filters"), filters.wanted.size]).toEqual([null, {}, 0]);
});
