/** What NumPy counts of two keys, as `tests/planes.py` wrote it: the engine counts the same. */

import { expect, test } from "vitest";
import { LoadedPlane, type Plotted } from "../../src/collection/plane";
import { columnOf, type KeyColumn, RangeColumn } from "../../src/engine/codecolumns";
import { LocalEngine } from "../../src/engine/engine";
import type { CodeColumn } from "../../src/engine/types";
import type { RangeHeader } from "../../src/protocol";
import { PlotAxis, WHOLE } from "../../src/values/plotaxis";
import planes from "./planes.json";

interface Planes {
  columns: Record<string, { header: RangeHeader; codes: number[] }>;
  between: Record<string, [number | null, number | null]>;
  planes: [x: string, y: string, shape: number[], cells: number[][], missing: number[]][];
}
const { columns, between, planes: all } = planes as unknown as Planes;

/** An engine with all columns and the filters. */
function loaded(): [LocalEngine, Map<string, KeyColumn>] {
  const rowCount = Object.values(columns)[0].codes.length;
  const [engine, known] = [new LocalEngine(rowCount, () => {}), new Map<string, KeyColumn>()];
  for (const [key, { header, codes }] of Object.entries(columns)) {
    const column = columnOf(header);
    known.set(key, column);
    engine.send({
      do: "column",
      key,
      column: { ...column.coding, codes: Uint16Array.from(codes) },
    });
  }
  for (const [key, [min, max]] of Object.entries(between)) {
    engine.send({ do: "filter", key, passes: passes(known.get(key) as RangeColumn, min, max) });
  }
  return [engine, known];
}

function passes(column: RangeColumn, min: number | null, max: number | null): Uint8Array {
  const found = column.lookup({ min, max, missing: false });
  if (!found) throw new Error("choose bounds that are edges");
  return found;
}

const plotted = (x: string, y: string): Plotted => {
  const side = (key: string) => ({ key, byValue: false, linear: false, stretch: WHOLE });
  return [side(x), side(y)];
};

test.each(all)("counts of %s by %s", (x, y, shape, cells, missing) => {
  const [engine, known] = loaded();
  const plane = new LoadedPlane(engine, known);
  plane.want(plotted(x, y));
  const { axes, counts: found } = plane.counted!;
  const [across, up] = axes as [PlotAxis, PlotAxis];
  expect([across.length, up.length]).toEqual(shape);
  const counted = Array.from(found)
    .map((count, cell) => [Math.floor(cell / up.binCount), cell % up.binCount, count])
    .filter(([i, j, count]) => count && i < across.length && j < up.length);
  expect(counted).toEqual(cells);
  const byX = Array.from(
    { length: up.binCount },
    (_, j) => found[across.missing * up.binCount + j],
  );
  const byY = Array.from(
    { length: across.binCount },
    (_, i) => found[i * up.binCount + up.missing],
  );
  const sum = (all: number[]): number => all.reduce((total, count) => total + count, 0);
  expect([sum(byX), sum(byY)]).toEqual(missing);
});

test("the plane follows its columns, and is another one with each", async () => {
  const [engine, known] = loaded();
  const plane = new LoadedPlane(engine, known);
  plane.want(plotted("score", "loss"));
  const before = plane.counted!;
  expect(plane.commands()).toEqual([]);
  // Another scale has other bins.
  const linear = (known.get("loss") as RangeColumn).scaled(false);
  known.set("loss", linear);
  engine.send({ do: "bins", key: "loss", coding: linear.coding }, ...plane.commands());
  expect(plane.counted!.id).toBe(before.id + 1);
  expect(plane.counted!.axes[1].binCount).not.toBe(before.axes[1].binCount);
  const cell = plane.counted!.counts.findIndex((count) => count > 1);
  const [rows] = await plane.rowsIn(plane.counted!.id, [cell], 99);
  expect(rows).toHaveLength(plane.counted!.counts[cell]);
  expect(await plane.rowsIn(before.id, [cell], 99)).toEqual([[]]);
  // Without a column there is nothing to count, until it is here again.
  known.delete("score");
  engine.send({ do: "column", key: "score", column: null }, ...plane.commands());
  expect(plane.counted).toBeNull();
  const again = columnOf(columns.score.header);
  const column: CodeColumn = { ...again.coding, codes: Uint16Array.from(columns.score.codes) };
  known.set("score", again);
  engine.send({ do: "column", key: "score", column }, ...plane.commands());
  expect(plane.counted!.counts).toEqual(expect.any(Uint32Array));
  plane.want(null);
  expect(engine.result.plane).toBeNull();
});
