import { beforeEach, describe, expect, test } from "vitest";
import { type Box, Brush } from "../../src/plot/brush.svelte";
import { PlotAxis } from "../../src/values/plotaxis";
import { RangeScale } from "../../src/values/scale";
import { RANGE } from "../rangekey";

const edges = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const AXIS = new PlotAxis(new RangeScale({ ...RANGE, edges, extra: [], log: false, knee: null }));
const REACH = { x: 0.01, y: 0.01 };
const box = (left: number, right: number, bottom: number, top: number): Box => ({
  x: { from: left, to: right },
  y: { from: bottom, to: top },
});

let rectangle: Box | null;
let applied: (Box | null)[];
let brush: Brush;
beforeEach(() => {
  [rectangle, applied] = [null, []];
  brush = new Brush(
    () => ({ axes: [AXIS, AXIS], rectangle }),
    (box) => void applied.push(box),
  );
});

function drag(from: [number, number], to: [number, number]): void {
  brush.press({ x: from[0], y: from[1] }, REACH);
  brush.moveTo({ x: to[0], y: to[1] });
}
function expectBox(found: Box | null | undefined, wanted: Box): void {
  for (const side of ["x", "y"] as const) {
    expect(found?.[side].from).toBeCloseTo(wanted[side].from);
    expect(found?.[side].to).toBeCloseTo(wanted[side].to);
  }
}

describe("with a pointer", () => {
  test("a drag draws, in any direction and not beyond the ends", () => {
    drag([0.5, 0.5], [0.2, 1.4]);
    expectBox(brush.draft, box(0.2, 0.5, 0.5, 1));
    expect(applied).toEqual([]);
    expect(brush.release()).toBe(true);
    expectBox(applied[0], box(0.2, 0.5, 0.5, 1));
    expect(brush.draft).toBeNull();
  });

  test("a press alone does nothing, and a drag can be given up", () => {
    brush.press({ x: 0.5, y: 0.5 }, REACH);
    expect(brush.release()).toBe(false);
    drag([0.5, 0.5], [0.7, 0.7]);
    brush.cancel();
    expect(brush.release()).toBe(false);
    expect(applied).toEqual([]);
  });

  test("inside it moves, as far as there is room", () => {
    rectangle = box(0.2, 0.4, 0.5, 0.9);
    drag([0.3, 0.7], [0.5, 1]);
    expectBox(brush.draft, box(0.4, 0.6, 0.6, 1));
  });

  test("an edge resizes, a corner both ways, and past the other edge it turns round", () => {
    rectangle = box(0.2, 0.4, 0.5, 0.9);
    drag([0.2, 0.7], [0.1, 0.1]);
    expectBox(brush.draft, box(0.1, 0.4, 0.5, 0.9));
    brush.cancel();
    drag([0.4, 0.5], [0.6, 0.4]);
    expectBox(brush.draft, box(0.2, 0.6, 0.4, 0.9));
    brush.cancel();
    drag([0.4, 0.7], [0.1, 0.7]);
    expectBox(brush.draft, box(0.1, 0.2, 0.5, 0.9));
  });

  test("a filter on one key alone moves along its axis, and the other stays whole", () => {
    rectangle = box(0, 1, 0.5, 0.9);
    expect(brush.grip({ x: 0.5, y: 0.7 }, REACH)).toEqual({ x: null, y: "both" });
    drag([0.5, 0.7], [0.9, 0.6]);
    expectBox(brush.draft, box(0, 1, 0.4, 0.8));
    brush.cancel();
    rectangle = box(0, 1, 0, 1);
    drag([0.1, 0.1], [0.2, 0.3]);
    expectBox(brush.draft, box(0.1, 0.2, 0.1, 0.3));
  });
});

describe("with keys", () => {
  test("arrows go by cells, with Shift they draw, Enter applies", () => {
    brush.enter({ x: 0.32, y: 0.95 });
    expect([brush.cursor!.x, brush.cursor!.y]).toEqual([
      expect.closeTo(0.35),
      expect.closeTo(0.95),
    ]);
    expect(brush.key("ArrowUp", false)).toBe(true);
    expect(brush.cursor!.y).toBeCloseTo(0.95);
    brush.key("ArrowRight", true);
    brush.key("ArrowDown", true);
    expectBox(brush.draft, box(0.3, 0.5, 0.8, 1));
    brush.key("Enter", false);
    expectBox(applied[0], box(0.3, 0.5, 0.8, 1));
    expect(brush.draft).toBeNull();
    brush.key("ArrowLeft", true);
    expectBox(brush.draft, box(0.3, 0.5, 0.8, 0.9));
  });

  test("Enter alone is the cell, Delete clears, Escape forgets a draft and then is not ours", () => {
    brush.enter({ x: 0.05, y: 0.05 });
    brush.key("Enter", false);
    expectBox(applied[0], box(0, 0.1, 0, 0.1));
    brush.key("Delete", false);
    expect(applied[1]).toBeNull();
    brush.key("ArrowRight", true);
    expect(brush.key("Escape", false)).toBe(true);
    expect(brush.draft).toBeNull();
    expect(brush.key("Escape", false)).toBe(false);
    expect(brush.key("x", false)).toBe(false);
  });

  test("a move without Shift forgets what was drawn, and so does the focus that leaves", () => {
    brush.enter({ x: 0.5, y: 0.5 });
    brush.key("ArrowRight", true);
    brush.key("ArrowRight", false);
    expect(brush.draft).toBeNull();
    brush.key("ArrowRight", true);
    brush.leave();
    expect([brush.draft, brush.cursor]).toEqual([null, null]);
  });
});
