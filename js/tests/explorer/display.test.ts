import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Display } from "../../src/explorer/display.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("does at once what is to be done when all is drawn, where nothing waits", () => {
  const told = vi.fn();
  new Display().whenDrawn(told);
  expect(told).toHaveBeenCalledTimes(1);
});

it("does it after the page is drawn with an answer, once", () => {
  const [display, told] = [new Display(), vi.fn()];
  display.drawSoon();
  display.whenDrawn(told);
  display.whenDrawn(told);
  display.answered();
  expect(told).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(told).toHaveBeenCalledTimes(1);
});

it("does not wait for an answer that takes long", () => {
  const [display, told] = [new Display(), vi.fn()];
  display.drawSoon();
  display.whenDrawn(told);
  vi.runAllTimers();
  expect(told).toHaveBeenCalledTimes(1);
});
