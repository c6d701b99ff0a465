import { expect, test } from "vitest";
import { compare } from "../../src/compare/differences";
import type { Value } from "../../src/protocol";
import type { Detail } from "../../src/view";
import compared from "./compared.json";

const DETAILS = compared.details as unknown as Detail[];
const keysOf = (rows: { key: string }[]): string[] => rows.map(({ key }) => key);

function detailOf(metadata: Record<string, Value>, fields: Record<string, Value> = {}): Detail {
  const rows = Object.entries(metadata).map(([key, value]): [string, string, Value] => [
    key,
    "string",
    value,
  ]);
  return { fields: Object.entries(fields), metadata: rows };
}

test.each(compared.cases)("$ids differ as pandas says", ({ ids, differing }) => {
  const rows = compare(ids.map((id) => DETAILS[id])).differing;
  const columns = new Set(keysOf(rows).map((key) => key.split(".")[0]));
  columns.delete("sample_id"); // the index of pandas' frame
  expect([...columns].sort()).toEqual(differing);
});

test("of dicts only the paths that differ do", () => {
  const { differing, same } = compare([DETAILS[0], DETAILS[1]]);
  expect(keysOf(differing)).toContain("camera.lens.f");
  expect(keysOf(same)).toEqual(
    expect.arrayContaining(["camera.make", "camera.lens.mm", "gps.at.city"]),
  );
  expect(keysOf(differing)).toContain("holes"); // of which one is empty
});

test("names come last, and missing is neither null in a dict nor a value", () => {
  const [one, other] = [
    detailOf({ a: "x" }, { sample_id: 1, file_name: "1.jpg", width: 4 }),
    detailOf({ b: { c: null } }, { sample_id: 2, file_name: "2.jpg", width: 5 }),
  ];
  const { differing } = compare([one, other]);
  expect(differing.map(({ key, values }) => [key, ...values])).toEqual([
    ["width", 4, 5],
    ["a", "x", undefined],
    ["b.c", undefined, null],
    ["sample_id", 1, 2],
    ["file_name", "1.jpg", "2.jpg"],
  ]);
});

test("a sample is like itself, and one alone has no differences", () => {
  for (const detail of DETAILS) {
    expect(compare([detail, detail]).differing).toEqual([]);
    expect(compare([detail]).differing).toEqual([]);
  }
});
