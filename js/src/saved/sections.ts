/** The sections that a key makes; twin of `src/framegrid/grid/answers/sections.py`. */

import type { RowArray } from "../collection/types";
import type { CodesHeader, RangeHeader, SectionsHeader, Value } from "../protocol";
import { DAY, toIso } from "../values/datetimes";
import { RangeScale } from "../values/scale";
import { compare } from "../values/order";
import { encodeRange } from "./savedarrays";
import type { Comparable, SavedTable } from "./table";

type Form = SectionsHeader["form"];
type Made = [RowArray, SectionsHeader];

/** Throws where there are no such sections. `headerOf` gives what is known of a filter key. */
export function sections(
  group: string,
  table: SavedTable,
  headerOf: (key: string) => CodesHeader | undefined,
): Made {
  const [key, asked] = parseGroup(group, table);
  const header = headerOf(key);
  const type = table.columns.get(key)?.type;
  if (!header || type === "list" || type === "dict")
    throw new Error(`there are no sections of ${key}`);
  const values = table.comparables(key);
  const forms = header.kind === "range" ? formsOf(header, values) : (["value"] as const);
  const form = asked ? forms.find((each) => each === asked) : forms[0];
  if (!form) throw new Error(`there are no sections of ${group}: write ${key}:${forms.join(", ")}`);
  if (header.kind !== "range" || form === "value") return byValue(table, key, values);
  return form === "bins" ? byBin(header, values) : byPeriod(header, values, form);
}

/** A key of that very name comes before a key and a form. */
function parseGroup(group: string, table: SavedTable): [key: string, form: string] {
  const colon = group.lastIndexOf(":");
  const key = group.slice(0, Math.max(0, colon));
  return table.has(group) || !table.has(key) ? [group, ""] : [key, group.slice(colon + 1)];
}

function formsOf({ number }: RangeHeader, values: Comparable[]): readonly Form[] {
  if (number === "datetime") return ["day", "month", "year"];
  return number === "integer" && isDense(values) ? ["value", "bins"] : ["bins", "value"];
}

/** Whether at least half of the integers between the ends occur. */
function isDense(values: Comparable[]): boolean {
  const occurring = [...new Set(values.filter((value) => value !== null))];
  if (!occurring.length) return false;
  const least = occurring.reduce((a, b) => (b < a ? b : a));
  const greatest = occurring.reduce((a, b) => (b > a ? b : a));
  return 2 * occurring.length >= Number(BigInt(greatest) - BigInt(least)) + 1;
}

function byValue(table: SavedTable, key: string, values: Comparable[]): Made {
  const labels = new Map<Comparable, Value>();
  values.forEach((value, row) => {
    if (value !== null && !labels.has(value)) labels.set(value, table.value(key, row));
  });
  const order = [...labels.keys()].sort((a, b) => compare(a!, b!));
  const codes = new Map(order.map((value, code) => [value, code]));
  const written = order
    .map((value) => labels.get(value)!)
    .map((label) => (label === 0 ? 0 : label));
  return made(
    "value",
    written,
    values.map((value) => codes.get(value)),
  );
}

function byBin(header: RangeHeader, values: Comparable[]): Made {
  const { binEdges, bins, binCount } = new RangeScale(header);
  const edges = binEdges.map((edge) => (header.number === "integer" ? Math.ceil(edge) + 0 : edge));
  const inner = edges.slice(1).map((edge, bin): SectionsHeader["values"][number] => {
    return [edges[bin], edge];
  });
  const first = header.negative_infinite ? 1 : 0;
  const infinite = 2 * header.edges.length;
  const code = (ordinal: number): number | undefined => {
    if (bins[ordinal] < binCount) return first + bins[ordinal];
    if (ordinal > infinite) return undefined;
    return ordinal === infinite ? first + binCount : 0;
  };
  const before = header.negative_infinite ? ["-inf"] : [];
  const after = header.positive_infinite ? ["inf"] : [];
  const ordinals = Array.from(encodeRange(values, header.edges));
  return made("bins", [...before, ...inner, ...after], ordinals.map(code));
}

/** Of days, months or years; of UTC where there is a time zone. */
function byPeriod({ utc }: RangeHeader, values: Comparable[], form: Form): Made {
  const begins = values.map((value) => (value === null ? null : begin(Number(value), form)));
  const order = [...new Set(begins.filter((each) => each !== null))].sort((a, b) => a - b);
  const codes = new Map(order.map((time, code) => [time, code]));
  const labels = order.map((time) => toIso(time).slice(0, 19) + (utc ? "+00:00" : ""));
  return made(
    form,
    labels,
    begins.map((time) => (time === null ? undefined : codes.get(time))),
  );
}

function begin(microseconds: number, form: Form): number {
  const day = Math.floor(microseconds / DAY) * DAY;
  if (form === "day") return day;
  const date = new Date(day / 1000);
  date.setUTCDate(1);
  if (form === "year") date.setUTCMonth(0);
  return date.getTime() * 1000;
}

/** Of codes by row, undefined where the key is missing. */
function made(
  form: Form,
  values: SectionsHeader["values"],
  codes: readonly (number | undefined)[],
): Made {
  const count = values.length;
  const array = count < 2 ** 8 ? Uint8Array : count < 2 ** 16 ? Uint16Array : Uint32Array;
  const missing = codes.filter((code) => code === undefined).length;
  const header: SectionsHeader = { kind: "sections", form, values, missing };
  return [new array(codes.map((code) => code ?? count)), header];
}
