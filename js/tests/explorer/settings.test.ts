import type { AnyModel } from "@anywidget/types";
import { expect, test, vi } from "vitest";
import { SharedSettings } from "../../src/explorer/settings.svelte";
import { TraitSync } from "../../src/kernel/traits";
import type { Traits } from "../../src/protocol";
import { SampleSet } from "../../src/values/sampleset";

function settingsOf(traits: Partial<Traits> = {}) {
  const values: Record<string, unknown> = {
    sort: "",
    rows: null,
    selected: [],
    compared: [],
    active: null,
    cut: null,
    ...traits,
  };
  const listeners = new Map<string, () => void>();
  const model = {
    get: (name: string) => values[name],
    set: (name: string, value: unknown) => {
      values[name] = value;
      listeners.get(`change:${name}`)?.();
    },
    on: (event: string, listener: () => void) => listeners.set(event, listener),
    save_changes: vi.fn(),
  };
  const changed = vi.fn();
  const sync = new TraitSync(model as unknown as AnyModel<Traits>);
  return { settings: new SharedSettings(sync, changed), values, model, changed };
}

test("of the sample that is open, the cut and those compared one takes the place of the others", () => {
  const { settings, values } = settingsOf();
  const ways = () => [values.active, values.cut, values.compared];
  const cut = { key: "loss", at: 0.5 };
  settings.active = 3;
  expect(ways()).toEqual([3, null, []]);
  settings.cut = cut;
  expect(ways()).toEqual([null, cut, []]);
  settings.compared = [1, 2];
  expect(ways()).toEqual([null, null, [1, 2]]);
  settings.cut = null;
  expect(ways()).toEqual([null, null, [1, 2]]);
  settings.active = 0;
  expect(ways()).toEqual([0, null, []]);
});

test("a sort is a text for one key, a list for several", () => {
  const { settings, values, model, changed } = settingsOf({ sort: "-loss" });
  expect(settings.sort).toEqual(["-loss"]);
  settings.sort = ["label", "-loss"];
  expect(values.sort).toEqual(["label", "-loss"]);
  settings.sort = ["random:7"];
  expect(values.sort).toBe("random:7");
  settings.sort = [];
  expect(values.sort).toBe("");
  changed.mockClear();
  model.set("sort", ["a", "b"]);
  expect(settings.sort).toEqual(["a", "b"]);
  expect(changed.mock.calls).toEqual([["sort"]]);
});

test("chosen rows travel as those selected do, and none are not all", () => {
  const { settings, values, model } = settingsOf({ rows: [] });
  expect(settings.rows?.size).toBe(0);
  settings.rows = SampleSet.of([3, 1]);
  expect(values.rows).toEqual([1, 3]);
  settings.rows = null;
  expect(values.rows).toBeNull();
  model.set("rows", [7]);
  expect((settings.rows as SampleSet | null)?.size).toBe(1);
});
