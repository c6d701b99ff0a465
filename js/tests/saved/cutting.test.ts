import { describe, expect, it } from "vitest";
import type { CodesHeader, CutReply, Requests, Traits, Value } from "../../src/protocol";
import { SavedKernel, type SavedData } from "../../src/saved/kernel";
import { above } from "../../src/values/numbers";
import CASES from "./cuts.json";

const CUTS = CASES.cuts as unknown as { body: Requests["cut"]["body"]; reply: CutReply }[];
const TYPES = new Map([
  ["score", "float"],
  ["count", "integer"],
  ["big", "integer"],
  ["day", "datetime"],
]);
const header = (number: string) => ({ kind: "range", number, utc: true }) as CodesHeader;

const DATA: SavedData = {
  traits: {} as Traits,
  description: {} as SavedData["description"],
  ids: CASES.columns.path.map((_, id) => id),
  fields: [],
  columns: Object.entries(CASES.columns).map(([key, values]) => {
    return { key, type: TYPES.get(key) ?? "string", values: values as Value[] };
  }),
  headers: Object.fromEntries([...TYPES].map(([key, type]) => [key, header(type)])),
  masks: {},
  pictures: {},
  notice: "",
};

describe("a cut in a saved page", () => {
  const kernel = new SavedKernel(DATA);

  // What `tests/grid/messages/test_cut.py` holds the kernel to.
  it("is that of the kernel", () => {
    for (const { body, reply } of CUTS) {
      expect([body, kernel.answer({ id: "1", type: "cut", ...body }).ok]).toEqual([body, reply]);
    }
  });

  it("goes through numbers only", () => {
    const body = { key: "label", at: 1, filters: {}, below: [0, 1], above: [0, 1] } as const;
    expect(() => kernel.answer({ id: "1", type: "cut", ...body } as never)).toThrow("numbers");
  });
});

it("above a double is the next one", () => {
  expect([0, 1, -1, Infinity].map(above)).toEqual([
    Number.MIN_VALUE,
    1 + Number.EPSILON,
    -1 + Number.EPSILON / 2,
    Infinity,
  ]);
});
