/** What the kernel answers, as `tests/twins.py` wrote it: the page answers the same. */

import { expect, test } from "vitest";
import type {
  ArrayHeader,
  ArraySpec,
  CodesHeader,
  DifferencesReply,
  WireFilters,
} from "../../src/protocol";
import { SavedKernel, type SavedData } from "../../src/saved/kernel";
import type { SavedColumn } from "../../src/saved/table";
import { shuffled } from "../../src/values/shuffled";
import twins from "./twins.json";

interface Twins {
  data: {
    ids: number[];
    columns: SavedColumn[];
    fields: string[];
    headers: Record<string, CodesHeader>;
  };
  sections: [group: string, codes: number[], header: ArrayHeader][];
  orders: [sort: string | string[], rows: number[]][];
  differences: [asked: [WireFilters, number[] | null, number[]], reply: DifferencesReply][];
  shuffled: [seed: string, ids: number[], numbers: number[]][];
}

const TWINS = twins as unknown as Twins;
const PAGE = new SavedKernel({ ...TWINS.data, masks: {} } as unknown as SavedData);

function array(spec: ArraySpec): [numbers: number[], header: ArrayHeader] {
  const { ok, buffers } = PAGE.answer({
    id: "1",
    type: "arrays",
    revision: 1,
    arrays: [spec],
    start: 0,
  });
  const { pieces } = ok as { pieces: { header: ArrayHeader }[] };
  return [[...(buffers[0] as Uint8Array)], pieces[0].header];
}

test.each(TWINS.sections)("sections of %s", (group, codes, header) => {
  expect(array({ of: "sections", group })).toEqual([codes, header]);
});

test.each(TWINS.orders)("the order by %s", (sort, rows) => {
  expect(array({ of: "order", sort })[0]).toEqual(rows);
});

test.each(TWINS.differences)("what differs for %j", ([filters, rows, selected], wanted) => {
  const { ok } = PAGE.answer({ id: "1", type: "differences", filters, rows, selected });
  expect(rounded(ok as DifferencesReply)).toEqual(rounded(wanted));
});

/** Effects are doubles, whose last digits depend on who takes the logarithm. */
function rounded(reply: DifferencesReply): DifferencesReply {
  const keys = reply.keys.map((each) => ({ ...each, effect: Number(each.effect.toFixed(9)) }));
  return { ...reply, keys };
}

test.each(TWINS.shuffled)("the shuffle by %s", (seed, ids, numbers) => {
  expect([...shuffled(ids, seed)]).toEqual(numbers);
});

test.each(["tags", "nothing", "label:bins", "taken:bins", "score:day", "sample_id"])(
  "there are no sections of %s",
  (group) => {
    expect(array({ of: "sections", group })[1].kind).toBe("error");
  },
);
