import { describe, expect, test } from "vitest";
import { GridLayout, type MoveKey } from "../../src/values/gridlayout";
import { random } from "../random";
import { VIEWPORT, layoutOf } from "../gridlayouts";

describe("GridLayout", () => {
  test.each([
    [1000, 120, 8],
    [940, 120, 7],
    [888, 120, 7],
    [887, 120, 7],
    [780, 512, 2],
    [700, 512, 1],
    [120, 120, 1],
    [60, 120, 1],
    [0, 120, 1],
  ])("a width of %i px holds tiles of %i px in %i columns", (width, size, columns) => {
    expect(layoutOf({ width, size }).columns).toBe(columns);
  });

  test("a row of square tiles fills the width but for less than a px per tile", () => {
    for (let width = 120; width < 1500; width++) {
      const layout = layoutOf({ width });
      const last = layout.tileRect(layout.columns - 1);
      const used = last.x + last.width + layout.tileRect(0).x;
      expect(used).toBeLessThanOrEqual(width);
      expect(width - used).toBeLessThan(layout.columns + 1);
      expect(last.height).toBe(last.width + 18);
    }
  });

  test("tiles follow each other without overlap", () => {
    const layout = layoutOf();
    const [first, second] = [layout.tileRect(0), layout.tileRect(1)];
    expect(second.x).toBe(first.x + first.width + 8);
    expect(layout.tileRect(7)).toEqual({ ...first, y: first.y + first.height + 8 });
  });

  test("the last row ends where the content ends", () => {
    const layout = layoutOf({ count: 101 });
    const last = layout.tileRect(100);
    expect(last.y + last.height).toBe(layout.totalHeight);
  });

  test("without tiles there is nothing to scroll", () => {
    const layout = layoutOf({ count: 0 });
    expect(layout.totalHeight).toBe(0);
    expect(layout.visible(0, VIEWPORT, 2)).toEqual({ first: 0, last: 0 });
  });

  test("visible tiles are those whose rows touch the window", () => {
    const layout = layoutOf({ count: 1000 });
    for (let offset = 0; offset < 3000; offset += 37) {
      const { first, last } = layout.visible(offset, VIEWPORT);
      expect(layout.top(first)).toBeLessThanOrEqual(offset);
      expect(layout.top(first) + layout.rowHeight).toBeGreaterThan(offset);
      expect(layout.top(last - 1)).toBeLessThan(offset + VIEWPORT);
      expect(layout.top(last)).toBeGreaterThanOrEqual(offset + VIEWPORT);
    }
  });

  test("overscan adds rows on both sides, within the grid", () => {
    const layout = layoutOf({ count: 1000 });
    const plain = layout.visible(3000, VIEWPORT);
    const wide = layout.visible(3000, VIEWPORT, 2);
    expect(wide).toEqual({ first: plain.first - 14, last: plain.last + 14 });
    expect(layout.visible(0, VIEWPORT, 2).first).toBe(0);
    expect(layoutOf({ count: 10 }).visible(0, VIEWPORT, 2).last).toBe(10);
  });

  test.each<[MoveKey, number, number]>([
    ["ArrowLeft", 8, 7],
    ["ArrowLeft", 7, 6],
    ["ArrowLeft", 0, 0],
    ["ArrowRight", 6, 7],
    ["ArrowRight", 99, 99],
    ["ArrowUp", 8, 1],
    ["ArrowUp", 3, 3],
    ["ArrowDown", 1, 8],
    ["ArrowDown", 96, 99],
    ["ArrowDown", 99, 99],
    ["PageDown", 1, 29],
    ["PageDown", 96, 99],
    ["PageUp", 29, 1],
    ["PageUp", 8, 1],
    ["Home", 50, 0],
    ["End", 50, 99],
  ])("%s leads from tile %i to tile %i", (key, from, to) => {
    expect(layoutOf().move(from, key, VIEWPORT)).toBe(to);
  });

  test("scrollTo moves only as far as the row needs", () => {
    const layout = layoutOf();
    expect(layout.scrollTo(8, 0, VIEWPORT)).toBe(0);
    expect(layout.scrollTo(0, 500, VIEWPORT)).toBe(0);
    const offset = layout.scrollTo(99, 0, VIEWPORT);
    const { y, height } = layout.tileRect(99);
    expect(y + height).toBe(offset + VIEWPORT);
  });

  test("scrollTo shows the top of a row higher than the window", () => {
    const layout = layoutOf();
    expect(layout.scrollTo(20, 0, 50)).toBe(layout.top(20));
  });
});

test("an area meets the tiles that a mouse is drawn over", () => {
  const layout = new GridLayout({ width: 428, count: 10, size: 100, gap: 8, captionHeight: 20 });
  const next = random(3);
  for (let i = 0; i < 300; i++) {
    const [left, top] = [next(440), next(400)];
    const [right, bottom] = [left + next(200), top + next(200)];
    const met = layout.meeting({ left, top, right, bottom }).flatMap(({ first, last }) => {
      return Array.from({ length: last - first }, (_, place) => first + place);
    });
    const expected = Array.from({ length: 10 }, (_, place) => place).filter((place) => {
      const { x, y } = layout.tileRect(place);
      const { tileSize, tileHeight } = layout;
      return x + tileSize > left && x <= right && y + tileHeight >= top && y <= bottom;
    });
    expect(met).toEqual(expected);
  }
});
