import { describe, expect, it } from "vitest";
import { lastChangeText, lastChangeTitle } from "../../src/detail/lastchange";
import type { Value } from "../../src/protocol";
import { PLAIN } from "../../src/values/keyformat";

const WHEN = new Date(2026, 0, 5, 17, 5);

function text(old: Value, now = WHEN): string {
  return lastChangeText({ old, when: WHEN.toISOString(), what: "set" }, PLAIN, now);
}

describe("the last change of a value", () => {
  it("says what it was, and the time", () => {
    expect(text("cat")).toMatch(/^was cat, .*05/);
    expect(text(["a", 1])).toMatch(/^was \["a",1\], /);
  });

  it("says the day where it was another", () => {
    const [today, later] = [text("cat"), text("cat", new Date(2026, 0, 6, 17, 5))];
    expect(later).not.toBe(today);
    expect(later).toMatch(/5/);
  });

  it("is no longer than a line", () => {
    expect(text("x".repeat(500)).length).toBeLessThan(90);
    expect(text("")).toMatch(/^was \(.*\), /);
  });

  it("names the edit for who points at it", () => {
    expect(lastChangeTitle({ old: null, when: WHEN.toISOString(), what: "set" })).toMatch(
      /^Set by “set”, /,
    );
    expect(lastChangeTitle({ old: 1, when: WHEN.toISOString(), what: "update" })).toMatch(
      /^Changed by “update”, /,
    );
  });
});
