import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Places } from "../../src/collection/places";
import { Readings } from "../../src/collection/readings";
import { everything } from "../../src/engine/results";
import type { Engine, Result } from "../../src/engine/types";
import { SampleIds } from "../../src/values/ids";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function shown(version: number, rows: number[], count = rows.length): Result {
  const list = { first: 0, rows: Uint32Array.from(rows), ascending: false, places: new Map() };
  return { ...everything(4), version, count, shown: count, list };
}

/** Places by an engine in a worker, whose results come when the test has them come. */
function remote(ids = new SampleIds(4, 10)) {
  const waiting: (() => void)[] = [];
  const engine = {
    result: shown(1, [3, 2, 1]),
    sent: 1,
    settled: () => new Promise<void>((resolve) => waiting.push(resolve)),
  };
  const places = new Places(engine as unknown as Engine, ids, new Readings(), () => 7);
  const answer = (result: Result): void => {
    engine.result = result;
    for (const resolve of waiting.splice(0)) resolve();
  };
  const placed = (): number[] =>
    Array.from({ length: places.result.shown }, (_, i) => places.idAt(i));
  return { engine, places, answer, placed };
}

test("places wait as they are once all that was asked for is answered", async () => {
  const { engine, places, answer, placed } = remote();
  engine.sent = 2;
  const holding = places.hold();
  answer(shown(2, [0, 1, 2]));
  await holding;
  answer(shown(3, [2, 1]));
  expect(placed()).toEqual([10, 11, 12]);
  engine.sent = 4;
  places.letGo();
  expect(placed()).toEqual([10, 11, 12]);
  answer(shown(4, [1, 2]));
  expect(placed()).toEqual([11, 12]);
});

test("where the user goes on all the time, nothing waits", async () => {
  const { engine, places, placed, answer } = remote();
  engine.sent = 2;
  const holding = places.hold();
  await vi.advanceTimersByTimeAsync(600);
  await holding;
  expect(places.held).toBeNull();
  answer(shown(2, [0]));
  expect(placed()).toEqual([10]);
});

test("a result that lacks rows is not what places wait as", async () => {
  const { places, answer, engine, placed } = remote();
  engine.result = shown(1, [3], 3);
  const holding = places.hold();
  answer(shown(1, [3, 2, 1]));
  await holding;
  expect(placed()).toEqual([13, 12, 11]);
});

test("samples that are added wait with the others, samples that are gone do not", async () => {
  const before = remote();
  await before.places.hold();
  const after = remote(new SampleIds(5, 10));
  after.engine.result = shown(1, [4, 3, 2, 1]);
  after.places.inherit(before.places);
  expect(after.placed()).toEqual([13, 12, 11]);
  const without = remote(new SampleIds(3, Float64Array.of(10, 11, 13)));
  without.engine.result = shown(1, [2, 1]);
  without.places.inherit(before.places);
  expect(without.placed()).toEqual([13, 11]);
});
