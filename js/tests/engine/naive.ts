/** The engine's answers by looking at every value, one row at a time. */

import { expect } from "vitest";
import { isComplete, placeOf, rowAt } from "../../src/engine/results";
import type { Arrangement, CodeColumn, Command, Plane, Result } from "../../src/engine/types";
import { shuffled } from "../random";

const KEYS = ["a", "b", "c", "d", "e"];

export interface NaiveColumn extends CodeColumn {
  passes: Uint8Array | null;
}

export class Naive {
  readonly columns = new Map<string, NaiveColumn>();
  order: Uint32Array | null = null;
  /** The section of each row; those of missing have the last code. */
  sections: number[] | null = null;
  codeCount = 0;
  arrangement: Arrangement = { by: "value", atMost: 0, folded: [] };

  plane: Plane | null = null;

  constructor(readonly rowCount: number) {}

  passes(row: number, ...except: string[]): boolean {
    return [...this.columns].every(
      ([key, { codes, passes }]) => except.includes(key) || !passes || passes[codes[row]] === 1,
    );
  }

  allRows(): number[] {
    return Array.from({ length: this.rowCount }, (_, row) => row);
  }

  passing(): number[] {
    return [...(this.order ?? this.allRows())].filter((row) => this.passes(row));
  }

  sectionRows(code: number): number[] {
    return this.sections ? this.passing().filter((row) => this.sections![row] === code) : [];
  }

  /** The rows that have a place. */
  rows(): number[] {
    return this.sections ? this.parts().flatMap(({ rows }) => rows) : this.passing();
  }

  /** The sections with rows that pass, as they follow each other. */
  parts(): { code: number; count: number; rows: number[] }[] {
    const { by, atMost, folded } = this.arrangement;
    const rows = Array.from({ length: this.codeCount }, (): number[] => []);
    for (const row of this.passing()) rows[this.sections![row]].push(row);
    const parts = rows.map((rows, code) => ({
      code,
      count: rows.length,
      rows: folded.includes(code) ? [] : rows.slice(0, atMost || rows.length),
    }));
    const missing = parts.pop()!;
    if (by === "-value") parts.reverse();
    if (by === "count") parts.sort((a, b) => a.count - b.count);
    if (by === "-count") parts.sort((a, b) => b.count - a.count);
    return [...parts, missing].filter(({ count }) => count);
  }

  near([key, aside]: string[], codes: Iterable<number>, count: number): number[] {
    const { codes: all } = this.columns.get(key)!;
    const rows = [...new Set(codes)].flatMap((code) =>
      this.allRows().filter((row) => all[row] === code && this.passes(row, key, aside)),
    );
    return rows.slice(0, count);
  }

  /** Rows of each cell of the plane that pass every filter but those aside. */
  cells(): number[][] {
    const { x, y, aside } = this.plane!;
    const cells = Array.from({ length: x.binCount * y.binCount }, (): number[] => []);
    const binOf = ({ key, bins }: Plane["x"], row: number): number =>
      bins[this.columns.get(key)!.codes[row]];
    for (const row of this.allRows()) {
      if (this.passes(row, ...aside)) cells[binOf(x, row) * y.binCount + binOf(y, row)].push(row);
    }
    return cells;
  }

  /** To be called when a column is gone or another one. */
  lose(key: string): void {
    if (this.plane && [this.plane.x.key, this.plane.y.key].includes(key)) this.plane = null;
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

export function randomColumn(
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
export function act(naive: Naive, next: (below: number) => number): Command {
  const key = KEYS[next(KEYS.length)];
  const column = naive.columns.get(key);
  if (!next(6)) return group(naive, next);
  if (!next(8)) return oppose(naive, next);
  const action = next(14);
  if (!column || action === 0) {
    const fresh = randomColumn(naive.rowCount, next);
    if (column) naive.lose(key);
    naive.columns.set(key, fresh);
    // The engine may take the codes away.
    return { do: "column", key, column: { ...fresh, codes: fresh.codes.slice() } };
  }
  if (action === 1) {
    naive.lose(key);
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

/** Two columns against each other, maybe one that is not there. */
function oppose(naive: Naive, next: (below: number) => number): Command {
  const [x, y, other] = [KEYS[next(5)], KEYS[next(5)], KEYS[next(5)]];
  const side = (key: string): Plane["x"] => {
    const codeCount = naive.columns.get(key)?.codeCount ?? 1;
    const binCount = 1 + next(next(2) ? 5 : 200);
    return { key, bins: new Uint16Array(codeCount).map(() => next(binCount)), binCount };
  };
  const aside = next(2) ? [x, y] : [x, y, other];
  const plane = next(5) ? { id: next(99), x: side(x), y: side(y), aside } : null;
  const isThere = naive.columns.has(x) && naive.columns.has(y);
  naive.plane = isThere ? plane : null;
  return { do: "plane", plane };
}

/** Sections of all rows, or another arrangement of them. */
export function group(naive: Naive, next: (below: number) => number): Command {
  if (next(2)) {
    const folded = Array.from({ length: next(3) }, () => next(naive.codeCount + 1));
    const by = (["value", "-value", "count", "-count"] as const)[next(4)];
    naive.arrangement = { by, atMost: next(2) * next(4), folded };
    return { do: "arrange", arrangement: naive.arrangement };
  }
  naive.codeCount = 1 + next(next(2) ? 9 : 3000);
  naive.sections = next(4)
    ? Array.from({ length: naive.rowCount }, () => next(naive.codeCount))
    : null;
  if (!naive.sections) return { do: "sections", sections: null };
  const codes = new [Uint8Array, Uint16Array, Uint32Array][naive.codeCount < 256 ? next(3) : 2](
    naive.sections,
  );
  return { do: "sections", sections: { codes, codeCount: naive.codeCount } };
}

export function expectSame(result: Result, naive: Naive): void {
  const rows = naive.rows();
  expect(result.count).toBe(naive.passing().length);
  expect(result.shown).toBe(rows.length);
  expectSameSections(result, naive);
  for (const [key, { all, matching, missing }] of result.histograms) {
    expect({ all: [...all], matching: [...matching], missing }).toEqual(naive.histogram(key));
  }
  if (!naive.plane) expect(result.plane).toBeNull();
  else {
    expect(result.plane!.id).toBe(naive.plane.id);
    expect([...result.plane!.counts]).toEqual(naive.cells().map((rows) => rows.length));
  }
  const filtered = [...naive.columns].filter(([, { passes }]) => passes);
  const without = filtered.map(([key]): [string, number] => [
    key,
    naive.allRows().filter((row) => naive.passes(row, key)).length,
  ]);
  expect(new Map(result.without)).toEqual(new Map(without));
  expect(isComplete(result)).toBe(true);
  expect([...rows, -1].map((_, place) => rowAt(result, place))).toEqual([...rows, -1]);
  const places = new Map(rows.map((row, place) => [row, place]));
  expect(naive.allRows().map((row) => placeOf(result, row))).toEqual(
    naive.allRows().map((row) => places.get(row) ?? -1),
  );
  expect(rowAt(result, -1)).toBe(-1);
}

function expectSameSections({ sections }: Result, naive: Naive): void {
  if (!naive.sections) return expect(sections).toBeNull();
  const parts = naive.parts();
  const { codes, counts, shown, starts, unfolded } = sections!;
  expect([...codes]).toEqual(parts.map(({ code }) => code));
  expect([...counts]).toEqual(parts.map(({ count }) => count));
  expect([...shown]).toEqual(parts.map(({ rows }) => rows.length));
  let start = 0;
  expect([...starts]).toEqual(parts.map(({ rows }) => (start += rows.length) - rows.length));
  const { atMost } = naive.arrangement;
  const all = parts.reduce((sum, { count }) => sum + Math.min(count, atMost || count), 0);
  expect(unfolded).toBe(all);
}
