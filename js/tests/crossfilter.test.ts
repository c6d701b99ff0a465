import { expect, test } from "vitest";
import { type CodeColumn, Crossfilter } from "../src/crossfilter";
import { random, shuffled } from "./random";

interface Column extends CodeColumn {
  passes: Uint8Array | null;
}

const KEYS = ["a", "b", "c", "d", "e"];

function randomColumn(rows: number, next: (below: number) => number): Column {
  const codeCount = 2 + next(next(2) ? 9 : 600);
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

/** The same by looking at every value: one row at a time, no codes of failed filters. */
class Naive {
  readonly columns = new Map<string, Column>();
  order: Uint32Array | null = null;

  constructor(readonly rowCount: number) {}

  passes(row: number, except?: string): boolean {
    return [...this.columns].every(
      ([key, { codes, passes }]) => key === except || !passes || passes[codes[row]] === 1,
    );
  }

  rows(): number[] {
    const rows = this.order ?? Array.from({ length: this.rowCount }, (_, row) => row);
    return [...rows].filter((row) => this.passes(row));
  }

  histogram(key: string): { all: number[]; matching: number[]; missing: number } {
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

function expectSame(crossfilter: Crossfilter, naive: Naive, keys: string[]): void {
  const rows = naive.rows();
  expect([...crossfilter.rows()]).toEqual(rows);
  expect(crossfilter.count).toBe(rows.length);
  for (const key of keys) {
    const { all, matching, missing } = crossfilter.histogram(key);
    expect({ all: [...all], matching: [...matching], missing }).toEqual(naive.histogram(key));
  }
  const positions = Array.from({ length: naive.rowCount }, (_, row) => rows.indexOf(row));
  expect(positions.map((_, row) => crossfilter.position(row))).toEqual(positions);
}

/** One random action on both. */
function act(crossfilter: Crossfilter, naive: Naive, next: (below: number) => number): void {
  const key = KEYS[next(KEYS.length)];
  const column = naive.columns.get(key);
  const action = next(12);
  if (!column || action === 0) {
    const fresh = randomColumn(naive.rowCount, next);
    naive.columns.set(key, fresh);
    crossfilter.setColumn(key, fresh);
  } else if (action === 1) {
    naive.columns.delete(key);
    crossfilter.removeColumn(key);
  } else if (action === 2) {
    naive.order = next(3) ? shuffled(naive.rowCount, next) : null;
    crossfilter.setOrder(naive.order);
  } else {
    const [low, high] = [next(column.codeCount), next(column.codeCount)];
    const range = (code: number): boolean => low <= code && code <= high;
    const kept = next(10);
    const pass = action < 8 ? range : () => next(10) < kept;
    const codes = Array.from({ length: column.codeCount }, (_, code) => code);
    column.passes = action === 3 ? null : Uint8Array.from(codes, (code) => Number(pass(code)));
    crossfilter.setFilter(key, column.passes);
  }
}

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  "agrees with filtering row by row, seed %i",
  (seed) => {
    const next = random(seed);
    const rowCount = next(120);
    const crossfilter = new Crossfilter(rowCount);
    const naive = new Naive(rowCount);
    for (let step = 0; step < 60; step++) {
      act(crossfilter, naive, next);
      // Not every histogram is looked at after every change.
      expectSame(crossfilter, naive, next(3) ? [...naive.columns.keys()].slice(next(3)) : []);
    }
  },
);

const COLUMN: CodeColumn = {
  codes: Uint8Array.of(0, 1, 2, 1),
  codeCount: 3,
  bins: Uint8Array.of(0, 1, 2),
  binCount: 2,
};

test("a filter leaves its own histogram as it is, even the object", () => {
  const crossfilter = new Crossfilter(4);
  crossfilter.setColumn("a", COLUMN);
  const before = crossfilter.histogram("a");
  crossfilter.setFilter("a", Uint8Array.of(1, 0, 0));
  expect(crossfilter.histogram("a")).toBe(before);
});

test("a histogram handed out does not change with the next filter", () => {
  const crossfilter = new Crossfilter(4);
  crossfilter.setColumn("a", COLUMN);
  crossfilter.setColumn("b", COLUMN);
  const before = crossfilter.histogram("b");
  crossfilter.setFilter("a", Uint8Array.of(1, 0, 0));
  crossfilter.histogram("b");
  expect([...before.matching]).toEqual([1, 2]);
});

test("the caller may use the lookup table again", () => {
  const crossfilter = new Crossfilter(4);
  crossfilter.setColumn("a", COLUMN);
  const passes = Uint8Array.of(1, 0, 0);
  crossfilter.setFilter("a", passes);
  passes.fill(1);
  crossfilter.setFilter("a", Uint8Array.of(1, 0, 0));
  expect([...crossfilter.rows()]).toEqual([0]);
});

test("many filters at once each keep what fails only them", () => {
  const crossfilter = new Crossfilter(4);
  const keys = Array.from({ length: 300 }, (_, i) => `key ${i}`);
  keys.forEach((key) => crossfilter.setColumn(key, COLUMN));
  keys.forEach((key) => crossfilter.setFilter(key, Uint8Array.of(1, 1, 0)));
  expect(crossfilter.count).toBe(3);
  keys.forEach((key) => crossfilter.setFilter(key, null));
  expect(crossfilter.count).toBe(4);
});

test("what does not fit the column is refused", () => {
  const crossfilter = new Crossfilter(4);
  crossfilter.setColumn("a", COLUMN);
  expect(() => crossfilter.setFilter("a", Uint8Array.of(1))).toThrow(
    '"a" has 3 codes, its filter 1',
  );
  expect(() => crossfilter.setFilter("b", null)).toThrow('no column "b"');
  const short = { ...COLUMN, codes: Uint8Array.of(1) };
  expect(() => crossfilter.setColumn("a", short)).toThrow('"a" has 1 codes for 4 rows');
});

test("removing an unknown column does nothing", () => {
  const crossfilter = new Crossfilter(4);
  crossfilter.removeColumn("a");
  expect(crossfilter.count).toBe(4);
});
