import { describe, expect, test } from "vitest";
import type { Area, MoveKey } from "../../src/values/gridlayout";
import { HEADER_HEIGHT, SectionLayout } from "../../src/values/sectionlayout";
import { random } from "../random";
import { OPTIONS, VIEWPORT, layoutOf } from "../gridlayouts";

/** What is seen at once below the header that stays. */
const PAGE = VIEWPORT - HEADER_HEIGHT;

const sum = (sizes: ArrayLike<number>): number => Array.from(sizes).reduce((a, b) => a + b, 0);

function sectioned(sizes: ArrayLike<number>, width = 888): SectionLayout {
  return new SectionLayout({ ...OPTIONS, width, count: sum(sizes) }, sizes);
}

interface Place {
  section: number;
  row: number;
  column: number;
  top: number;
}

/** Places of all tiles and headers, one after the other, as they are drawn. */
class Drawn {
  readonly tiles: Place[] = [];
  readonly headers: number[] = [];
  readonly end: number;
  readonly #rows: number[][] = [];

  constructor(sizes: number[], { columns, rowHeight, tileHeight }: SectionLayout) {
    let [top, row, end] = [0, 0, 0];
    for (const [section, size] of sizes.entries()) {
      this.headers.push(top);
      top += HEADER_HEIGHT;
      end = top;
      for (let first = 0; first < size; first += columns) {
        this.#rows.push([]);
        for (let column = 0; column < Math.min(columns, size - first); column++) {
          this.#rows[row].push(this.tiles.push({ section, row, column, top }) - 1);
        }
        end = top + tileHeight;
        top += rowHeight;
        row++;
      }
    }
    this.end = end;
  }

  /** The tiles of a row; none of rows that are not there. */
  row(row: number): number[] {
    return this.#rows[row] ?? [];
  }
}

/** Some sections: mostly small, some long, some without a tile. */
function sizesOf(next: (below: number) => number): number[] {
  return Array.from({ length: 1 + next(12) }, () => [0, next(4), next(9), next(60)][next(4)]);
}

function* cases(): Generator<{
  layout: SectionLayout;
  drawn: Drawn;
  next: (below: number) => number;
}> {
  const next = random(11);
  for (let i = 0; i < 60; i++) {
    const sizes = sizesOf(next);
    const layout = sectioned(sizes, 100 + next(900));
    yield { layout, drawn: new Drawn(sizes, layout), next };
  }
}

describe("SectionLayout", () => {
  test("a section begins in a new row below its header", () => {
    const layout = sectioned([8, 0, 3]);
    expect(layout.columns).toBe(7);
    const { rowHeight } = layout;
    expect(layout.tileRect(0).y).toBe(HEADER_HEIGHT);
    expect(layout.tileRect(7)).toMatchObject({ y: HEADER_HEIGHT + rowHeight });
    expect(layout.tileRect(8)).toMatchObject({
      x: layout.tileRect(0).x,
      y: 3 * HEADER_HEIGHT + 2 * rowHeight,
    });
    expect([0, 7, 8].map((index) => layout.sectionOf(index))).toEqual([0, 0, 2]);
  });

  test("tiles and headers are where they are drawn one after the other", () => {
    for (const { layout, drawn } of cases()) {
      expect(layout.totalHeight).toBe(drawn.end);
      expect(layout.rowCount).toBe((drawn.tiles.at(-1)?.row ?? -1) + 1);
      const tiles = drawn.tiles.map((_, index) => ({
        section: layout.sectionOf(index),
        row: layout.rowOf(index),
        column: layout.columnOf(index),
        top: layout.tileRect(index).y,
      }));
      expect(tiles).toEqual(drawn.tiles);
      const headers = drawn.headers.map((_, section) => layout.sectionSpan(section).top);
      expect(headers).toEqual(drawn.headers);
    }
  });

  test("what is visible is what a window cuts", () => {
    for (const { layout, drawn, next } of cases()) {
      const offset = next(layout.totalHeight + 1);
      const { first, last } = layout.visible(offset, VIEWPORT);
      const cut = drawn.tiles.flatMap(({ top }, index) => {
        return top + layout.rowHeight > offset && top < offset + VIEWPORT ? [index] : [];
      });
      if (cut.length) expect([first, last]).toEqual([cut[0], cut.at(-1)! + 1]);
      else expect(first).toBeGreaterThanOrEqual(last);
      const ends = [...drawn.headers.slice(1), Infinity];
      const sections = drawn.headers.flatMap((top, section) => {
        return ends[section] > offset && top <= offset + VIEWPORT ? [section] : [];
      });
      const visible = layout.visibleSections(offset, VIEWPORT);
      expect(visible).toEqual({ first: sections[0], last: sections.at(-1)! + 1 });
    }
  });

  test("overscan adds rows on both sides, whose sections they may be", () => {
    for (const { layout, drawn, next } of cases()) {
      const offset = next(layout.totalHeight + 1);
      const [plain, wide] = [0, 2].map((rows) => layout.visible(offset, VIEWPORT, rows));
      if (plain.first >= plain.last) continue;
      const rows = [drawn.tiles[plain.first].row - 2, drawn.tiles[plain.last - 1].row + 2];
      expect(wide.first).toBe(rows[0] < 0 ? 0 : drawn.row(rows[0])[0]);
      expect(wide.last).toBe((drawn.row(rows[1]).at(-1) ?? layout.count - 1) + 1);
    }
  });

  test("an area meets the tiles that a mouse is drawn over, across headers", () => {
    for (const { layout, next } of cases()) {
      const [left, top] = [next(layout.columns * 130), next(layout.totalHeight + 100)];
      const area: Area = { left, top, right: left + next(400), bottom: top + next(700) };
      const met = layout.meeting(area).flatMap(({ first, last }) => {
        return Array.from({ length: last - first }, (_, place) => first + place);
      });
      const expected = Array.from({ length: layout.count }, (_, index) => index).filter((index) => {
        const { x, y, width, height } = layout.tileRect(index);
        const { right, bottom } = area;
        return x + width > left && x <= right && y + height >= top && y <= bottom;
      });
      expect(met).toEqual(expected);
    }
  });

  test("up and down go by rows and keep the column, whatever sections they cross", () => {
    for (const { layout, drawn } of cases()) {
      for (const [key, by] of [["ArrowUp", -1] as const, ["ArrowDown", 1] as const]) {
        const wanted = (wish?: number) =>
          drawn.tiles.map(({ row, column }) => {
            const there = drawn.row(Math.max(0, Math.min(layout.rowCount - 1, row + by)));
            return there[Math.min(wish ?? column, there.length - 1)];
          });
        const moved = (wish?: number) =>
          drawn.tiles.map((_, index) => layout.move(index, key, VIEWPORT, wish));
        expect(moved()).toEqual(wanted());
        expect(moved(6)).toEqual(wanted(6));
      }
    }
  });

  test.each<[MoveKey, number]>([
    ["PageUp", -1],
    ["PageDown", 1],
  ])("%s goes on, and not beyond what a window holds", (key, by) => {
    for (const { layout, drawn } of cases()) {
      const wrong = drawn.tiles.filter(({ row, top }, index) => {
        const to = drawn.tiles[layout.move(index, key, VIEWPORT)];
        const isEnd = by < 0 ? row === 0 : row === layout.rowCount - 1;
        if (isEnd) return to.row !== row;
        const isNext = to.row === row + by;
        return Math.sign(to.row - row) !== by || (!isNext && Math.abs(to.top - top) > PAGE);
      });
      expect(wrong).toEqual([]);
    }
  });

  test("scrollTo shows a tile whole, and not below the header that stays at the top", () => {
    for (const { layout, drawn, next } of cases()) {
      if (!layout.count) continue;
      const index = next(layout.count);
      const { top } = drawn.tiles[index];
      const offset = layout.scrollTo(index, next(layout.totalHeight + 1), VIEWPORT);
      expect(top).toBeGreaterThanOrEqual(offset + HEADER_HEIGHT);
      expect(top + layout.tileHeight).toBeLessThanOrEqual(offset + VIEWPORT);
      expect(layout.scrollTo(index, offset, VIEWPORT)).toBe(offset);
    }
  });

  test("an anchor brings back its offset, and its row to its place below the header", () => {
    for (const { layout, next } of cases()) {
      const offset = next(layout.totalHeight + 1);
      const anchor = layout.anchorAt(offset);
      expect(layout.offsetOf(anchor)).toBeCloseTo(offset);
      if (!layout.count) continue;
      const moved = { ...anchor, index: next(layout.count) };
      const below = layout.top(moved.index) - layout.offsetOf(moved);
      expect(below).toBeCloseTo(layout.top(anchor.index) - offset);
    }
  });

  test("one section is the plain grid below a header", () => {
    const [plain, one] = [layoutOf({ count: 100 }), sectioned([100])];
    for (let index = 0; index < 100; index++) {
      const { x, y } = plain.tileRect(index);
      expect(one.tileRect(index)).toMatchObject({ x, y: y + HEADER_HEIGHT });
    }
    expect(one.totalHeight).toBe(plain.totalHeight + HEADER_HEIGHT);
  });

  test("without samples there are no sections, and nothing to scroll", () => {
    const layout = sectioned([]);
    expect(layout.totalHeight).toBe(0);
    expect(layout.visible(0, VIEWPORT, 2)).toEqual({ first: 0, last: 0 });
    expect(layout.visibleSections(0, VIEWPORT)).toEqual({ first: 0, last: 0 });
    expect(layout.meeting({ left: 0, top: 0, right: 900, bottom: 900 })).toEqual([]);
  });

  test("collapsed sections are their headers only", () => {
    const layout = sectioned([0, 0, 0]);
    expect(layout.totalHeight).toBe(3 * HEADER_HEIGHT);
    expect(layout.visible(0, VIEWPORT)).toEqual({ first: 0, last: 0 });
    expect(layout.offsetOf(layout.anchorAt(40))).toBeCloseTo(40);
    expect(layout.scrollToSection(2, 0, 80)).toBe(28);
    expect(layout.scrollToSection(0, 50, 80)).toBe(0);
  });

  test("10,000 sections of millions of tiles take no time that anybody notices", () => {
    const next = random(5);
    const sizes = Array.from({ length: 10_000 }, () => next(600));
    const begin = performance.now();
    const layout = sectioned(sizes);
    for (let i = 0; i < 1000; i++) {
      const offset = (i * layout.totalHeight) / 1000;
      const { first, last } = layout.visible(offset, VIEWPORT, 1);
      layout.visibleSections(offset, VIEWPORT);
      layout.tileRect(first);
      expect(last - first).toBeLessThan(120);
    }
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
