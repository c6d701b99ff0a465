import { expect, test } from "vitest";
import { LoadedSections } from "../../src/collection/sections";
import { arrange } from "../../src/engine/sections";
import { sectionText, ShownSections } from "../../src/explorer/sections";
import type { SectionsHeader } from "../../src/protocol";
import { keyed } from "../rangekey";

function header(form: SectionsHeader["form"], values: SectionsHeader["values"]): SectionsHeader {
  return { kind: "sections", form, values, missing: 0 };
}

test("sections are named by their values as these are written elsewhere", () => {
  const text = (type: string, form: SectionsHeader["form"], value: string | number | null) =>
    sectionText(keyed(type), form, value);
  const january = "2024-01-01T00:00:00";
  expect(text("datetime", "day", january)).toBe("2024-01-01");
  expect(text("datetime", "month", january)).toBe("2024-01");
  expect(text("datetime", "year", january)).toBe("2024");
  expect(text("string", "value", "sunny")).toBe("sunny");
  expect(text("string", "value", "")).toBe("(empty)");
  expect(text("boolean", "value", null)).toBe("(missing)");
  expect(text("float", "bins", "-inf")).toBe("-∞");
  expect(text("integer", "value", 12_000)).toBe("12,000");
  expect(sectionText(keyed("float"), "bins", [0.5, 1])).toBe("0.5 – 1");
});

test("positions and codes lead to sections, and what is collapsed has no tiles", () => {
  const loaded = new LoadedSections("label", "label", header("value", ["a", "b", "c"]));
  const counts = Uint32Array.of(3, 0, 5, 2);
  const { list, shown } = arrange(counts, { by: "-count", atMost: 4, folded: [0] });
  const nothing = () => {};
  const actions = { toggle: nothing, collapseAll: nothing, idsOf: async () => [] };
  const sections = new ShownSections(list, loaded, [0], keyed("string"), actions);
  expect([shown, list.unfolded, sections.length]).toEqual([6, 9, 3]);
  expect(sections.at(0)).toEqual({
    code: 2,
    text: "c",
    value: "c",
    start: 0,
    count: 5,
    shown: 4,
    collapsed: false,
  });
  expect(sections.at(1)).toMatchObject({ text: "a", start: 4, shown: 0, collapsed: true });
  expect(sections.at(2)).toMatchObject({ text: "(missing)", value: null, count: 2, shown: 2 });
  expect([0, 3, 4, 5].map((position) => sections.indexAt(position))).toEqual([0, 0, 2, 2]);
  expect([0, 1, 2, 3].map((code) => sections.indexOf(code))).toEqual([1, -1, 0, 2]);
});
