import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pulse } from "../../src/grid/pulse";

let still = false;
beforeEach(() => vi.stubGlobal("matchMedia", () => ({ matches: still })));
afterEach(() => {
  still = false;
  vi.unstubAllGlobals();
});

/** An element that shows texts of samples, one after the other, and how often it pulsed. */
function pulses(...shown: [number, string, boolean][]): number {
  const animate = vi.fn();
  const element = { animate } as unknown as HTMLElement;
  for (const [of, text, flow] of shown) pulse(of, text, flow)(element);
  return animate.mock.calls.length;
}

test("another value of the same sample pulses while data flow", () => {
  expect(pulses([1, "a", true], [1, "a", true], [1, "b", true], [1, "c", true])).toBe(2);
  expect(pulses([1, "a", false], [1, "b", false])).toBe(0);
});

test("an element that is handed to another sample does not", () => {
  expect(pulses([1, "a", true], [2, "b", true])).toBe(0);
  expect(pulses([1, "a", true], [2, "", true], [2, "b", true])).toBe(0);
});

test("nor does what comes back after it was not known for a moment", () => {
  expect(pulses([1, "a", true], [1, "", true], [1, "a", true])).toBe(0);
  expect(pulses([1, "a", true], [1, "", true], [1, "b", true])).toBe(1);
});

test("nothing does for those who want less motion", () => {
  still = true;
  expect(pulses([1, "a", true], [1, "b", true])).toBe(0);
});
