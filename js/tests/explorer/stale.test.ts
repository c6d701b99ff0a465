import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Stale } from "../../src/explorer/stale.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);

it("asks at once, and then now and then, for the last time after the last change", async () => {
  const request = vi.fn(() => Promise.resolve({ ok: { keys: { a: "old" } }, buffers: [] }));
  const stale = new Stale({ request } as never);
  expect(stale.of("a")).toBe("");
  for (let times = 0; times < 5; times++) stale.look();
  await settle();
  expect(request).toHaveBeenCalledTimes(1);
  expect([stale.of("a"), stale.of("b")]).toEqual(["old", ""]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(request).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(request).toHaveBeenCalledTimes(2);
});

it("says nothing where nobody answers, and asks again", async () => {
  const request = vi.fn(() => Promise.reject(new Error("gone")));
  const stale = new Stale({ request } as never);
  stale.look();
  await vi.advanceTimersByTimeAsync(2000);
  stale.look();
  await settle();
  expect(request).toHaveBeenCalledTimes(2);
  expect(stale.of("a")).toBe("");
});
