import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AnyModel } from "@anywidget/types";
import type { Sort, Traits } from "../../src/protocol";
import { TraitSync } from "../../src/kernel/traits";

/** Like a widget model: `set` fires its change event at once. */
class FakeModel {
  readonly state: Partial<Traits> = { sort: "", height: 640 };
  readonly listeners = new Map<string, Set<() => void>>();
  readonly save_changes = vi.fn();

  get(name: keyof Traits): unknown {
    return this.state[name];
  }
  set(name: keyof Traits, value: never): void {
    this.state[name] = value;
    this.listeners.get(`change:${name}`)?.forEach((listener) => listener());
  }
  on(event: string, listener: () => void): void {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event)!.add(listener);
  }
  off(event: string, listener: () => void): void {
    this.listeners.get(event)?.delete(listener);
  }
}

describe("TraitSync", () => {
  let model: FakeModel;
  let sync: TraitSync;
  beforeEach(() => {
    vi.useFakeTimers();
    model = new FakeModel();
    sync = new TraitSync(model as unknown as AnyModel<Traits>);
  });
  afterEach(() => void vi.useRealTimers());

  it("flushes settled changes at once", () => {
    sync.set("sort", "width");
    expect(model.get("sort")).toBe("width");
    expect(model.save_changes).toHaveBeenCalledTimes(1);
  });

  it("flushes a drag seldom, and its end for certain", () => {
    for (let px = 0; px < 50; px++) sync.set("height", px, false);
    expect(model.save_changes).toHaveBeenCalledTimes(1);
    vi.runAllTimers();
    expect(model.save_changes).toHaveBeenCalledTimes(2);
    sync.set("height", 700, false);
    sync.set("height", 701, false);
    sync.set("height", 702, true);
    expect(model.save_changes).toHaveBeenCalledTimes(4);
    vi.runAllTimers();
    expect(model.save_changes).toHaveBeenCalledTimes(4);
  });

  it("flushes in even intervals while a drag lasts", () => {
    for (let ms = 0; ms < 1000; ms += 10) {
      sync.set("height", ms, false);
      vi.advanceTimersByTime(10);
    }
    expect(model.save_changes).toHaveBeenCalledTimes(5);
  });

  it("hears of others' changes, not of its own", () => {
    const heard: Sort[] = [];
    sync.observe("sort", (sort) => heard.push(sort));
    sync.set("sort", "width");
    model.set("sort", "height" as never);
    expect(heard).toEqual(["height"]);
  });

  it("holds what is not flushed yet against the echo of what was", () => {
    const heard = vi.fn();
    sync.observe("height", heard);
    sync.set("height", 700, false);
    sync.set("height", 800, false);
    model.set("height", 700 as never);
    expect(model.get("height")).toBe(800);
    expect(heard).not.toHaveBeenCalled();
    vi.runAllTimers();
    model.set("height", 900 as never);
    expect(heard).toHaveBeenCalledWith(900);
  });

  it("keeps what was set last when it closes, and stops listening", () => {
    const heard = vi.fn();
    sync.observe("sort", heard);
    sync.set("height", 1, false);
    sync.set("height", 2, false);
    sync.close();
    expect(model.save_changes).toHaveBeenCalledTimes(2);
    model.set("sort", "width" as never);
    expect(heard).not.toHaveBeenCalled();
  });
});
