import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Differing } from "../../src/explorer/differing.svelte";
import type { DifferencesReply, Requests } from "../../src/protocol";
import { SampleSet } from "../../src/values/sampleset";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const REPLY: DifferencesReply = { inside: 3, outside: 7, keys: [] };

/** With a kernel that answers at once, or is busy. */
function begun() {
  const asked: Requests["differences"]["body"][] = [];
  const told: string[] = [];
  const from = {
    channel: {
      request: async (_: string, body: Requests["differences"]["body"]) => {
        asked.push(body);
        return { ok: REPLY };
      },
    },
    display: { result: { revision: 1 } },
    filters: { wanted: new Map(), isHeld: false },
    pending: { notify: (message: string) => told.push(message) },
    settings: { rows: null, selected: SampleSet.EMPTY },
  };
  return { differing: new Differing(from as never), from, asked, told };
}

test("nothing is asked until it is wanted, then once", async () => {
  const { differing, asked } = begun();
  differing.follow();
  await vi.runAllTimersAsync();
  expect(asked).toEqual([]);
  differing.on = true;
  for (let i = 0; i < 3; i++) differing.follow();
  await vi.runAllTimersAsync();
  expect(asked).toEqual([{ filters: {}, rows: null, selected: [] }]);
  expect(differing.answer).toMatchObject({ inside: 3, outside: 7, isSelection: false });
  differing.on = false;
  expect(differing.answer).toBeNull();
});

test("a drag is asked about when it rests", async () => {
  const { differing, from, asked } = begun();
  differing.on = true;
  differing.follow();
  await vi.runAllTimersAsync();
  from.filters.isHeld = true;
  for (let min = 0; min < 20; min++) {
    from.filters.wanted = new Map([["score", { min, max: null, missing: false }]]);
    differing.follow();
    await vi.advanceTimersByTimeAsync(50);
  }
  await vi.advanceTimersByTimeAsync(2000); // held where it is
  expect(asked.length).toBe(1);
  from.filters.isHeld = false;
  await vi.advanceTimersByTimeAsync(500);
  expect(asked.length).toBe(2);
  expect(asked[1].filters).toEqual({ score: { min: 19, max: null, missing: false } });
});

test("what fails is told, and asked again with the next change", async () => {
  const { differing, from, told } = begun();
  const { request } = from.channel;
  from.channel.request = () => Promise.reject(new Error("no such key"));
  differing.on = true;
  differing.follow();
  await vi.runAllTimersAsync();
  expect(told).toEqual(["no such key"]);
  from.channel.request = request;
  from.settings.selected = SampleSet.unpack([4]);
  differing.follow();
  await vi.runAllTimersAsync();
  expect(differing.answer).toMatchObject({ isSelection: true });
});
