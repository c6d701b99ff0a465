import { afterEach, expect, test } from "vitest";
import { isComplete, placeOf, rowAt } from "../../src/engine/results";
import type { CodeColumn, Command, Engine, Result } from "../../src/engine/types";
import { LOCAL_ROWS, LocalEngine, openEngine } from "../../src/engine/engine";
import { type Port, RemoteEngine, serve } from "../../src/engine/remote";
import { random, shuffled } from "../random";

const KEYS = ["a", "b", "c", "d", "e"];
const NOTHING = { changed: () => {}, failed: () => {} };
const channels: MessageChannel[] = [];

afterEach(() => channels.splice(0).forEach(({ port1 }) => port1.close()));

/** A worker, but for its thread. */
function fakeWorker(): Port {
  const channel = new MessageChannel();
  channels.push(channel);
  serve(channel.port2, 1);
  return channel.port1;
}

const ENGINES: [string, (rowCount: number) => Promise<Engine>][] = [
  ["local", async (rowCount) => new LocalEngine(rowCount, () => {})],
  ["remote", (rowCount) => RemoteEngine.open(fakeWorker(), rowCount, NOTHING)],
];

interface NaiveColumn extends CodeColumn {
  passes: Uint8Array | null;
}

/** The same by looking at every value, one row at a time. */
class Naive {
  readonly columns = new Map<string, NaiveColumn>();
  order: Uint32Array | null = null;

  constructor(readonly rowCount: number) {}

  passes(row: number, except?: string): boolean {
    return [...this.columns].every(
      ([key, { codes, passes }]) => key === except || !passes || passes[codes[row]] === 1,
    );
  }

  allRows(): number[] {
    return Array.from({ length: this.rowCount }, (_, row) => row);
  }

  rows(): number[] {
    return [...(this.order ?? this.allRows())].filter((row) => this.passes(row));
  }

  histogram(key: string): object {
    const { codes, codeCount, bins, binCount } = this.columns.get(key)!;
    const all = new Array<number>(binCount).fill(0);
    const matching = [...all];
    let missing = 0;
    codes.forEach((code, row) => {
      const passes = this.passes(row, key);
      if (code === codeCount - 1 && passes) missing++;
      if (bins[code] === binCount) return;
      all[bins[code]]++;
      if (passes) matching[bins[code]]++;
    });
    return { all, matching, missing };
  }
}

function randomColumn(
  rows: number,
  next: (below: number) => number,
  codeCount = 2 + next(next(2) ? 9 : 600),
): NaiveColumn {
  const binCount = 1 + next(5);
  const codes = new (codeCount > 256 ? Uint16Array : Uint8Array)(rows);
  return {
    codes: codes.map(() => next(codeCount)),
    codeCount,
    bins: new Uint8Array(codeCount).map(() => next(binCount + 1)),
    binCount,
    passes: null,
  };
}

/** One random action: done to `naive`, and given as the engine's command. */
function act(naive: Naive, next: (below: number) => number): Command {
  const key = KEYS[next(KEYS.length)];
  const column = naive.columns.get(key);
  const action = next(14);
  if (!column || action === 0) {
    const fresh = randomColumn(naive.rowCount, next);
    naive.columns.set(key, fresh);
    // The engine may take the codes away.
    return { do: "column", key, column: { ...fresh, codes: fresh.codes.slice() } };
  }
  if (action === 1) {
    naive.columns.delete(key);
    return { do: "column", key, column: null };
  }
  if (action === 2) {
    naive.order = next(3) ? shuffled(naive.rowCount, next) : null;
    return { do: "order", order: naive.order?.slice() ?? null };
  }
  if (action === 3) return { do: "prepare", key };
  if (action === 6) {
    const { bins, binCount } = randomColumn(0, next, column.codeCount);
    Object.assign(column, { bins, binCount });
    return { do: "bins", key, coding: { codeCount: column.codeCount, bins, binCount } };
  }
  if (action === 4) return { do: "want", keys: KEYS.slice(next(3)) };
  const [low, high, kept] = [next(column.codeCount), next(column.codeCount), next(10)];
  const range = (code: number): boolean => low <= code && code <= high;
  const pass = action < 11 ? range : () => next(10) < kept;
  const codes = Array.from({ length: column.codeCount }, (_, code) => code);
  column.passes = action === 5 ? null : Uint8Array.from(codes, (code) => Number(pass(code)));
  return { do: "filter", key, passes: column.passes };
}

function expectSame(result: Result, naive: Naive): void {
  const rows = naive.rows();
  expect(result.count).toBe(rows.length);
  for (const [key, { all, matching, missing }] of result.histograms) {
    expect({ all: [...all], matching: [...matching], missing }).toEqual(naive.histogram(key));
  }
  const filtered = [...naive.columns].filter(([, { passes }]) => passes);
  const without = filtered.map(([key]): [string, number] => [
    key,
    naive.allRows().filter((row) => naive.passes(row, key)).length,
  ]);
  expect(new Map(result.without)).toEqual(new Map(without));
  expect(isComplete(result)).toBe(true);
  expect([...rows, -1].map((_, place) => rowAt(result, place))).toEqual([...rows, -1]);
  expect(rows.map((row) => placeOf(result, row))).toEqual(rows.map((_, place) => place));
  expect(rowAt(result, -1)).toBe(-1);
}

test.each(
  ENGINES.flatMap(([name, open]) => Array.from({ length: 30 }, (_, i) => ({ name, open, i }))),
)("the $name engine agrees with filtering row by row, seed $i", async ({ open, i: seed }) => {
  const next = random(seed);
  // Now and then more than a block.
  const naive = new Naive(next(5) ? next(120) : 9000);
  const engine = await open(naive.rowCount);
  let wanted: string[] = [];
  for (let step = 0; step < (naive.rowCount > 120 ? 8 : 60); step++) {
    const commands = Array.from({ length: 1 + next(3) }, () => act(naive, next));
    for (const command of commands) if (command.do === "want") wanted = command.keys;
    engine.send(...commands);
    await engine.settled();
    expectSame(engine.result, naive);
    const known = wanted.filter((key) => naive.columns.has(key));
    expect([...engine.result.histograms.keys()].sort()).toEqual(known);
  }
  engine.close();
});

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  "each result on the way has the rows around the first that is kept, seed %i",
  async (seed) => {
    const next = random(seed);
    const naive = new Naive(9000 + next(4000));
    let results: Result[] = [];
    const engine = await RemoteEngine.open(fakeWorker(), naive.rowCount, {
      changed: () => results.push(engine.result),
      failed: () => {},
    });
    for (let step = 0; step < 5; step++) {
      const keep = Array.from({ length: next(8) }, () => next(naive.rowCount));
      engine.send({ do: "look", keep, span: 20 });
      results = [];
      engine.send(act(naive, next));
      await engine.settled();
      const [result] = results;
      if (!result) continue;
      expect(result.count).toBe(naive.rows().length);
      const kept = keep.find((row) => naive.passes(row));
      const rows = naive.rows();
      const place = kept === undefined ? 0 : rows.indexOf(kept);
      if (kept !== undefined) expect(placeOf(result, kept)).toBe(place);
      const first = Math.max(0, Math.min(place, rows.length - 20) - 20);
      const near = rows.slice(first, place + 40);
      expect(near.map((_, index) => rowAt(result, first + index))).toEqual(near);
    }
    engine.close();
  },
);

const COLUMN: CodeColumn = {
  codes: Uint8Array.of(0, 1, 2, 1),
  codeCount: 3,
  bins: Uint8Array.of(0, 1, 2),
  binCount: 2,
};
const column = (key: string): Command => ({
  do: "column",
  key,
  column: { ...COLUMN, codes: COLUMN.codes.slice() },
});

test("a result handed out does not change with the next filter", () => {
  const engine = new LocalEngine(4, () => {});
  engine.send(column("a"), column("b"), { do: "want", keys: ["a", "b"] });
  const before = engine.result;
  engine.send({ do: "filter", key: "a", passes: Uint8Array.of(1, 0, 0) });
  expect(engine.result.count).toBe(1);
  expect(before.count).toBe(4);
  expect([...before.histograms.get("b")!.matching]).toEqual([1, 2]);
});

test("the caller may use the lookup table again", () => {
  const engine = new LocalEngine(4, () => {});
  const passes = Uint8Array.of(1, 0, 0);
  engine.send(column("a"), { do: "filter", key: "a", passes });
  passes.fill(1);
  engine.send({ do: "want", keys: ["a"] });
  expect(engine.result.count).toBe(1);
});

test("many filters at once each keep what fails only them", () => {
  const engine = new LocalEngine(4, () => {});
  const keys = Array.from({ length: 300 }, (_, i) => `key ${i}`);
  const passes = Uint8Array.of(1, 1, 0);
  engine.send(...keys.map(column), ...keys.map((key): Command => ({ do: "filter", key, passes })));
  expect(engine.result.count).toBe(3);
  engine.send(...keys.slice(1).map((key): Command => ({ do: "filter", key, passes: null })));
  engine.send({ do: "want", keys: ["key 0"] });
  expect(engine.result.histograms.get("key 0")!.missing).toBe(1);
});

test("what does not fit the column is refused", () => {
  const engine = new LocalEngine(4, () => {});
  engine.send(column("a"));
  const filter = (key: string): Command => ({ do: "filter", key, passes: Uint8Array.of(1) });
  expect(() => engine.send(filter("a"))).toThrow('"a" has 3 codes, its filter 1');
  expect(() => engine.send(filter("b"))).toThrow('no column "b"');
  const short = { ...COLUMN, codes: Uint8Array.of(1) };
  const send = (): void => engine.send({ do: "column", key: "a", column: short });
  expect(send).toThrow('"a" has 1 codes for 4 rows');
});

test("the newest of quick commands gets the last result, and columns are not copied", async () => {
  const counts: number[] = [];
  const engine = await RemoteEngine.open(fakeWorker(), 4, {
    changed: () => counts.push(engine.result.count),
    failed: () => {},
  });
  const codes = COLUMN.codes.slice();
  engine.send({ do: "column", key: "a", column: { ...COLUMN, codes } });
  expect(codes).toHaveLength(0);
  for (const pass of [1, 0, 1, 0]) {
    engine.send({ do: "filter", key: "a", passes: Uint8Array.of(1, pass, 1) });
  }
  await engine.settled();
  expect(counts.at(-1)).toBe(2);
});

test("the worker is for many rows, where there can be one", async () => {
  const none = (): Port => {
    throw new Error("workers are forbidden");
  };
  expect(await openEngine(LOCAL_ROWS, NOTHING, none)).toBeInstanceOf(LocalEngine);
  expect(await openEngine(LOCAL_ROWS + 1, NOTHING, none)).toBeInstanceOf(LocalEngine);
  expect(await openEngine(LOCAL_ROWS + 1, NOTHING, fakeWorker)).toBeInstanceOf(RemoteEngine);
  const broken: Port = {
    onmessage: null,
    postMessage() {
      this.onerror!({ message: "blocked by the page's policy" } as ErrorEvent);
    },
  };
  expect(await openEngine(LOCAL_ROWS + 1, NOTHING, () => broken)).toBeInstanceOf(LocalEngine);
});

test("what goes wrong in the worker is told", async () => {
  const errors: string[] = [];
  const port = fakeWorker();
  await RemoteEngine.open(port, 4, { ...NOTHING, failed: ({ message }) => errors.push(message) });
  port.onerror!({ message: "out of memory" } as ErrorEvent);
  expect(errors).toEqual(["out of memory"]);
});
