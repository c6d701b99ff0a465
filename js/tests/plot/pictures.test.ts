import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CellPictures, type Frame } from "../../src/plot/cellpictures.svelte";
import { Hover } from "../../src/plot/hover.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Answers at once, with the number of the cell as the sample. */
function plotOf() {
  const asked: number[][] = [];
  const shown = new Map<object, readonly number[]>();
  const samplesIn = async (cells: readonly number[], count: number): Promise<number[][]> => {
    asked.push([...cells]);
    return cells.map((cell) => (cell ? Array<number>(count).fill(cell) : []));
  };
  const show = (who: object, ids: readonly number[]): void => void shown.set(who, ids);
  return { asked, shown, samplesIn, show };
}
const frame = (cell: number): Frame => ({ cell, left: 0, bottom: 0, edge: 30, count: 1 });

test("a cell is asked for once the pointer rests, an empty one never", async () => {
  const plot = plotOf();
  const hover = new Hover(plot);
  hover.point(3);
  vi.advanceTimersByTime(40);
  hover.point(4);
  await vi.advanceTimersByTimeAsync(100);
  expect(plot.asked).toEqual([[4]]);
  expect(hover.ids).toEqual([4, 4, 4, 4]);
  hover.point(5, true);
  expect(hover.ids).toEqual([]);
  expect(plot.shown.get(hover)).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  hover.point(null);
  expect(plot.asked).toHaveLength(1);
});

test("an answer that comes too late is not shown", async () => {
  const plot = plotOf();
  const hover = new Hover(plot);
  hover.point(3);
  vi.advanceTimersByTime(90);
  hover.point(null);
  await vi.advanceTimersByTimeAsync(0);
  expect(hover.ids).toEqual([]);
});

test("cells with room have pictures, asked for when nothing changes any more", async () => {
  const plot = plotOf();
  const pictures = new CellPictures(plot);
  for (let i = 0; i < 5; i++) {
    pictures.want([frame(1), frame(0)], true);
    vi.advanceTimersByTime(50);
  }
  expect(plot.asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(plot.asked).toEqual([[1, 0]]);
  expect([pictures.idOf(1), pictures.idOf(0)]).toEqual([1, undefined]);
  pictures.want([frame(2)], true);
  expect(pictures.idOf(1)).toBe(1);
  pictures.want([frame(2)], false);
  expect(pictures.idOf(1)).toBeUndefined();
  pictures.close();
  expect(plot.shown.get(pictures)).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(plot.asked).toHaveLength(1);
});
