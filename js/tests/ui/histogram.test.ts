import { expect, test } from "vitest";
import { outline } from "../../src/ui/histogram";

test("a histogram leaves out empty bins and keeps few visible beside many", () => {
  expect(outline([0, 0.5, 1], [0, 100], 100)).toBe("M0.5 1V0H1V1Z");
  expect(outline([0, 1], [1], 1_000_000)).toBe("M0 1V0.95H1V1Z");
});
