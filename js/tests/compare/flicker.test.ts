import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Flicker } from "../../src/compare/flicker.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function seen(flicker: Flicker, times: number): boolean[] {
  return Array.from({ length: times }, () => {
    const { other } = flicker;
    vi.advanceTimersByTime(500);
    return other;
  });
}

test("the other picture comes at once, and they take turns until the key is up", () => {
  const flicker = new Flicker();
  flicker.start();
  flicker.start(); // a key that is held repeats
  expect(seen(flicker, 4)).toEqual([true, false, true, false]);
  flicker.stop();
  expect([flicker.on, ...seen(flicker, 3)]).toEqual([false, false, false, false]);
});

test("where nothing is to move by itself, the other picture stays", () => {
  const flicker = new Flicker();
  flicker.start(true);
  expect(seen(flicker, 3)).toEqual([true, true, true]);
});
