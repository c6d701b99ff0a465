/** The two keys that are counted against each other, and how the engine's counts of them are read. */

import { type KeyColumn, RangeColumn, ValuesColumn } from "../engine/codecolumns";
import { NO_ROW } from "../engine/plane";
import type { Command, Engine, PlaneCounts } from "../engine/types";
import { areSame } from "../values/conditions";
import { MatrixAxis } from "../values/matrixaxis";
import type { PlotSide } from "../values/plot";
import { PlotAxis, type Stretch } from "../values/plotaxis";
import { maskOf } from "./inforce";

/** What is plotted along a side, and what of it is in sight. */
export interface PlottedSide extends PlotSide {
  stretch: Stretch;
  /** Whether its scale is linear whatever the user chose for its slider, as that of a map is. */
  linear: boolean;
}
export type Plotted = readonly [x: PlottedSide, y: PlottedSide];

/** Where each code of a column is: in one of so many bins. */
export interface PlaneAxis {
  readonly bins: Uint16Array;
  readonly binCount: number;
}
export type PlaneAxes = readonly [x: PlaneAxis, y: PlaneAxis];

/** Counts by cell, those of one bin of x after each other. */
export interface Counted extends PlaneCounts {
  axes: PlaneAxes;
}

/** Axes of so many questions are kept: the engine may be behind. */
const KEPT = 8;

export class LoadedPlane {
  readonly #engine: Engine;
  readonly #columns: ReadonlyMap<string, KeyColumn>;
  #wanted: Plotted | null = null;
  /** What the engine was asked last, and of which columns. */
  #asked: readonly unknown[] = [null];
  #id = 0;
  readonly #axes = new Map<number, PlaneAxes>();

  /** @param columns those that the engine has, as they come and go */
  constructor(engine: Engine, columns: ReadonlyMap<string, KeyColumn>) {
    [this.#engine, this.#columns] = [engine, columns];
  }

  /** Says what is plotted; the same object as before is the same. */
  want(plotted: Plotted | null): void {
    this.#wanted = plotted;
    const commands = this.commands();
    if (commands.length) this.#engine.send(...commands);
  }

  /** What the engine has counted; null while there is nothing. */
  get counted(): Counted | null {
    const { plane } = this.#engine.result;
    const axes = plane && this.#axes.get(plane.id);
    return axes ? { ...plane, axes } : null;
  }

  /**
   * The first rows of each of these cells, at most `count`, of those that pass every filter but
   * those of the two keys; none where the plane is another one by now.
   */
  async rowsIn(plane: number, cells: readonly number[], count: number): Promise<number[][]> {
    const wanted = Uint16Array.from(cells);
    const rows = await this.#engine.ask({ ask: "cells", plane, cells: wanted, count });
    return cells.map((_, i) => {
      return Array.from(rows.subarray(i * count, (i + 1) * count)).filter((row) => row !== NO_ROW);
    });
  }

  /** What the engine is to be told once columns or what is wanted are others. */
  commands(): Command[] {
    const sides = this.#wanted?.map((side) => [side, this.#columns.get(side.key)] as const) ?? [];
    const asked = [this.#wanted, ...sides.map(([, column]) => column)];
    if (areSame(asked, this.#asked)) return [];
    this.#asked = asked;
    const isMatrix = sides.some(([{ byValue }]) => byValue);
    const [x, y] = sides.map(([side, column]) => column && axisOf(side, column, isMatrix));
    if (!x || !y) return [{ do: "plane", plane: null }];
    const keys = sides.map(([{ key }]) => key);
    const side = (key: string, { bins, binCount }: PlaneAxis) => ({ key, bins, binCount });
    const plane = {
      id: ++this.#id,
      x: side(keys[0], x),
      y: side(keys[1], y),
      aside: [...keys, ...keys.map(maskOf)],
    };
    this.#axes.set(plane.id, [x, y]);
    this.#axes.delete(plane.id - KEPT);
    return [{ do: "plane", plane }];
  }
}

/** In a matrix each line is a bin, also of a range, whose scale there is that of its slider. */
function axisOf(side: PlottedSide, column: KeyColumn, isMatrix: boolean): PlaneAxis | null {
  if (column instanceof ValuesColumn) return MatrixAxis.ofValues(column.values);
  if (!(column instanceof RangeColumn)) return null;
  if (isMatrix) return MatrixAxis.ofRange(column.scale, side.byValue, column.missing > 0);
  const { scale } = side.linear ? column.scaled(false) : column;
  return new PlotAxis(scale, side.stretch);
}
