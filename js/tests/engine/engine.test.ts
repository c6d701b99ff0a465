import { afterEach, expect, test } from "vitest";
import { placeOf, rowAt } from "../../src/engine/results";
import type { CodeColumn, Command, Engine, Result } from "../../src/engine/types";
import { LOCAL_ROWS, LocalEngine, openEngine } from "../../src/engine/engine";
import { NO_ROW } from "../../src/engine/plane";
import { type Port, RemoteEngine, serve } from "../../src/engine/remote";
import { random } from "../random";
import { act, expectSame, group, Naive } from "./naive";

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
    await expectAnswers(engine, naive, next);
    const known = wanted.filter((key) => naive.columns.has(key));
    expect([...engine.result.histograms.keys()].sort()).toEqual(known);
  }
  engine.close();
});

/** Samples at a value of a random key, and those of a random section. */
async function expectAnswers(
  engine: Engine,
  naive: Naive,
  next: (below: number) => number,
): Promise<void> {
  const code = next(naive.codeCount + 1);
  const section = engine.ask({ ask: "section", code });
  const [key, aside] = [...naive.columns.keys()].sort(() => next(3) - 1);
  const keys = next(2) && aside ? [key, aside] : [key];
  const codes = Uint16Array.from({ length: next(4) }, () =>
    next(naive.columns.get(key)?.codeCount ?? 1),
  );
  const near = engine.ask({ ask: "near", keys, codes: new Uint16Array(new Set(codes)), count: 5 });
  await expectCells(engine, naive, next);
  expect([...(await section)]).toEqual(naive.sectionRows(code));
  expect([...(await near)]).toEqual(key ? naive.near(keys, codes, 5) : []);
}

async function expectCells(
  engine: Engine,
  naive: Naive,
  next: (below: number) => number,
): Promise<void> {
  const [cells, count] = [naive.plane ? naive.cells() : [[]], 1 + next(3)];
  const wanted = Uint16Array.from(new Set([next(cells.length), next(cells.length)]));
  const plane = naive.plane?.id ?? 7;
  const rows = await engine.ask({ ask: "cells", plane, cells: wanted, count });
  const expected = [...wanted].flatMap((cell) =>
    Array.from({ length: count }, (_, place) => cells[cell][place] ?? NO_ROW),
  );
  expect([...rows]).toEqual(naive.plane ? expected : []);
}

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
      const grouped = next(2) ? [group(naive, next)] : [];
      engine.send(...grouped, act(naive, next));
      await engine.settled();
      const [result] = results;
      if (!result) continue;
      const rows = naive.rows();
      expect(result.shown).toBe(rows.length);
      const kept = keep.find((row) => rows.includes(row));
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

test("more rows than are gone through at a time are all there, section by section", () => {
  const [rowCount, next] = [2 ** 18 + 5, random(3)];
  const codes = Uint8Array.from({ length: rowCount }, () => next(4));
  const values = Uint8Array.from({ length: rowCount }, () => next(3));
  const engine = new LocalEngine(rowCount, () => {});
  engine.send(
    { do: "column", key: "a", column: { ...COLUMN, codes: values.slice() } },
    { do: "filter", key: "a", passes: Uint8Array.of(1, 0, 1) },
    { do: "sections", sections: { codes: codes.slice(), codeCount: 4 } },
  );
  const rows = [0, 1, 2, 3].flatMap((code) =>
    Array.from(codes.keys()).filter((row) => codes[row] === code && values[row] !== 1),
  );
  expect(engine.result.list.rows).toEqual(Uint32Array.from(rows));
  engine.send({ do: "arrange", arrangement: { by: "-value", atMost: 2, folded: [1] } });
  const [, , c, d] = [0, 1, 2, 3].map((code) => rows.filter((row) => codes[row] === code));
  const first = rows.filter((row) => codes[row] === 0);
  const shown = [...c.slice(0, 2), ...first.slice(0, 2), ...d.slice(0, 2)];
  expect([...engine.result.list.rows!]).toEqual(shown);
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
