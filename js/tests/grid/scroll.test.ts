import { describe, expect, test } from "vitest";
import { GridLayout, MAX_SCROLL_HEIGHT } from "../../src/values/gridlayout";
import { GridScroll } from "../../src/grid/scroll";
import { random } from "../random";
import { SectionLayout } from "../../src/values/sectionlayout";
import { OPTIONS, VIEWPORT, layoutOf } from "../gridlayouts";

/** A browser's scrolled element: it keeps whole px within its ends and reports every change. */
class Element {
  readonly scroll: GridScroll;

  constructor(
    public layout: GridLayout,
    public viewport = VIEWPORT,
  ) {
    this.scroll = new GridScroll(layout, viewport);
  }

  get end(): number {
    return Math.max(0, this.layout.scrollHeight - this.viewport);
  }

  by(px: number): void {
    this.to(this.scroll.scrollTop + px);
  }

  to(scrollTop: number): void {
    this.scroll.scrolled(Math.max(0, Math.min(this.end, scrollTop)));
  }

  rest(): void {
    this.scroll.settle();
    this.by(0);
  }
}

const MILLIONS = layoutOf({ count: 10_000_000 });

describe("GridScroll", () => {
  test("up to the limit content and bar are the same", () => {
    const element = new Element(layoutOf({ count: 10_000 }));
    for (const px of [100, 5000, -300, 90_000]) {
      element.by(px);
      expect(element.scroll.shift).toBe(0);
    }
    element.rest();
    expect(element.scroll.shift).toBe(0);
  });

  test("the bar is never taller than browsers can scroll", () => {
    expect(MILLIONS.scrollHeight).toBe(MAX_SCROLL_HEIGHT);
    expect(MILLIONS.totalHeight).toBeGreaterThan(20 * MAX_SCROLL_HEIGHT);
  });

  test("the bar's end is exactly the end of the last row", () => {
    const element = new Element(MILLIONS);
    element.to(element.end);
    const last = MILLIONS.tileRect(9_999_999);
    expect(last.y + last.height).toBe(element.scroll.offset + VIEWPORT);
    const { first } = MILLIONS.visible(element.scroll.offset, VIEWPORT);
    expect(MILLIONS.tileRect(first).y + element.scroll.shift).toBeLessThan(MAX_SCROLL_HEIGHT);
  });

  test("jumping to any tile shows it, and resting does not move it", () => {
    const element = new Element(MILLIONS);
    const next = random(1);
    for (let i = 0; i < 200; i++) {
      const index = next(MILLIONS.count);
      element.scroll.jump(MILLIONS.scrollTo(index, element.scroll.offset, VIEWPORT));
      const { offset } = element.scroll;
      element.rest();
      expect(element.scroll.offset).toBe(offset);
      const { first, last } = MILLIONS.visible(offset, VIEWPORT);
      expect(index).toBeGreaterThanOrEqual(first);
      expect(index).toBeLessThan(last);
    }
  });

  test.each([0, 3000, 30_000, 40_000, 4_000_000, 9_960_000, 9_999_400])(
    "200 wheel steps there and back from %i return to the same px",
    (start) => {
      const element = new Element(MILLIONS);
      element.to(start);
      element.rest();
      const { offset } = element.scroll;
      const way = offset > MILLIONS.totalHeight / 2 ? -100 : 100;
      for (let i = 0; i < 200; i++) element.by(way);
      element.rest();
      expect(element.scroll.offset).toBe(offset + 200 * way);
      for (let i = 0; i < 200; i++) element.by(-way);
      element.rest();
      expect(element.scroll.offset).toBe(offset);
    },
  );

  test("the wheel moves the content px by px and leaves placed tiles where they are", () => {
    const element = new Element(MILLIONS);
    element.to(5_000_000);
    element.rest();
    const { offset, shift } = element.scroll;
    element.by(120);
    expect(element.scroll.offset).toBe(offset + 120);
    expect(element.scroll.shift).toBe(shift);
  });

  test("30 steps down and 40 up reach the top", () => {
    const element = new Element(MILLIONS);
    for (let i = 0; i < 30; i++) element.by(100);
    element.rest();
    for (let i = 0; i < 40; i++) element.by(-100);
    element.rest();
    expect(element.scroll.offset).toBe(0);
    expect(element.scroll.scrollTop).toBe(0);
  });

  test("dragging the bar moves the content in proportion, always forward", () => {
    const element = new Element(MILLIONS);
    let before = -1;
    for (let bar = 0; bar <= element.end; bar += 10_000) {
      element.to(bar);
      expect(element.scroll.offset).toBeGreaterThan(before);
      before = element.scroll.offset;
    }
    element.to(Math.round(element.end / 2));
    const middle = (MILLIONS.totalHeight - VIEWPORT) / 2;
    expect(Math.abs(element.scroll.offset - middle)).toBeLessThan(MILLIONS.rowHeight);
  });

  test("resizing to and fro keeps the tile at the top", () => {
    const layout = layoutOf({ count: 100_000 });
    const element = new Element(layout);
    element.to(123_456);
    const { first } = layout.visible(element.scroll.offset, VIEWPORT);
    for (const width of [900, 610, 333, 1700, 808]) {
      const narrow = layoutOf({ count: 100_000, width });
      element.scroll.relayout(narrow, VIEWPORT);
      const shown = narrow.visible(element.scroll.offset, VIEWPORT);
      expect(first).toBeGreaterThanOrEqual(shown.first);
      expect(first).toBeLessThan(shown.first + narrow.columns);
    }
    element.scroll.relayout(layout, VIEWPORT);
    expect(element.scroll.offset).toBe(123_456);
  });

  test("a new place of the anchor among other rows is taken", () => {
    const element = new Element(layoutOf({ count: 100_000 }));
    element.to(50_000);
    const fewer = layoutOf({ count: 500 });
    element.scroll.relayout(fewer, VIEWPORT, 70);
    const { first } = fewer.visible(element.scroll.offset, VIEWPORT);
    expect(first).toBe(70);
  });

  test("fewer rows than before leave no empty window", () => {
    const element = new Element(layoutOf({ count: 100_000 }));
    element.to(1_000_000);
    const fewer = layoutOf({ count: 100 });
    element.scroll.relayout(fewer, VIEWPORT);
    expect(element.scroll.offset).toBe(fewer.totalHeight - VIEWPORT);
    element.scroll.relayout(layoutOf({ count: 3 }), VIEWPORT);
    expect(element.scroll.offset).toBe(0);
  });
});

test("a header that was held gives way to what stood at the top before", () => {
  const sizes = [100, 100, 100];
  const sections = (shown: number[]) => {
    return new SectionLayout({ ...OPTIONS, count: shown.reduce((a, b) => a + b) }, shown);
  };
  const element = new Element(sections(sizes));
  element.by(3000);
  const { scroll } = element;
  const collapsed = sections([0, 0, 0]);
  scroll.relayoutTo(collapsed, VIEWPORT, collapsed.sectionSpan(1).top);
  expect(scroll.offset).toBe(0);
  scroll.relayout(sections(sizes), VIEWPORT);
  expect(scroll.offset).toBe(3000);
});
