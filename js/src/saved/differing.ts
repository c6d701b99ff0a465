/** In which keys some samples differ from others; twin of `src/framegrid/grid/answers/differing.py`. */

import type { RowArray } from "../collection/types";
import type { ArrayHeader, CodesHeader, DifferencesReply, KeyDifference } from "../protocol";
import { discoveries, logHypergeometric, logKolmogorov } from "./significance";

/** Each key is asked twice: how its values differ, and whether more of them are missing. */
const TESTS = 2;
/** Values whose differences are as good as equal: the commonest of them is named. */
const ALIKE = 1 - 1e-9;

type Untold = Omit<KeyDifference, "key" | "different"> & { logP: number };

/** @param inside by row, 1 for the samples that are compared with the others */
export function differences(
  keys: string[],
  codesOf: (key: string) => [RowArray, ArrayHeader],
  inside: Uint8Array,
): DifferencesReply {
  const count = inside.reduce((sum, is) => sum + is, 0);
  const sides = { inside: count, outside: inside.length - count };
  if (!count || count === inside.length) return { ...sides, keys: [] };
  const found = keys.flatMap((key) => {
    const [codes, header] = codesOf(key);
    return isCodes(header) ? [{ key, ...compared(header, ...counted(codes, header, inside)) }] : [];
  });
  const standOut = discoveries(found.map(({ logP }) => logP));
  return {
    ...sides,
    keys: found
      .map((each, i) => ({ ...each, different: standOut[i] }))
      .sort((a, b) => a.logP - b.logP || Math.abs(b.effect) - Math.abs(a.effect))
      .map(({ logP: _, ...told }) => told),
  };
}

function isCodes(header: ArrayHeader): header is CodesHeader {
  return ["range", "values", "elements", "text"].includes(header.kind);
}

/** By code, how many are inside and outside; missing is last. */
function counted(codes: RowArray, header: CodesHeader, inside: Uint8Array): [number[], number[]] {
  const sides = [0, 1].map(() => new Array<number>(missingCode(header) + 1).fill(0));
  codes.forEach((code, row) => sides[inside[row]][code]++);
  return [sides[1], sides[0]];
}

function missingCode(header: CodesHeader): number {
  if (header.kind === "range") return 2 * header.edges.length + 1;
  if (header.kind === "values") return header.values.length;
  return header.kind === "elements" ? header.combinations.length : 1;
}

/** How two sides differ in a key, by how many of each have which code, missing last. */
function compared(header: CodesHeader, inside: number[], outside: number[]): Untold {
  const missing = odds("missing", inside.at(-1)!, outside.at(-1)!, total(inside), total(outside));
  const byValue = valueTest(header, inside.slice(0, -1), outside.slice(0, -1));
  const surest = byValue && byValue.logP <= missing.logP ? byValue : missing;
  return { ...surest, logP: Math.min(0, surest.logP + Math.log(TESTS)) };
}

function valueTest(header: CodesHeader, some: number[], others: number[]): Untold | null {
  const [count, rest] = [total(some), total(others)];
  if (!count || !rest || header.kind === "text") return null;
  if (header.kind === "range") return distance(some, others, count, rest);
  if (!header.values.length) return null;
  const isList = header.kind === "elements";
  const [a, b] = isList ? [some, others].map((each) => ofElements(header, each)) : [some, others];
  const place = oddest(a, b, count, rest);
  const odd = odds("values", a[place], b[place], count, rest);
  const tries = header.values.length > 2 || isList ? header.values.length : 1;
  return { ...odd, value: header.values[place], logP: Math.min(0, odd.logP + Math.log(tries)) };
}

/** The largest distance of two distributions over codes (Kolmogorov and Smirnov). */
function distance(some: number[], others: number[], count: number, rest: number): Untold {
  let [below, belowRest, most] = [0, 0, 0];
  some.forEach((_, code) => {
    below += some[code];
    belowRest += others[code];
    const ahead = belowRest * count - below * rest;
    if (Math.abs(ahead) > Math.abs(most)) most = ahead;
  });
  const effect = Math.abs(most) / (count * rest);
  const logP = logKolmogorov(effect * Math.sqrt((count * rest) / (count + rest)));
  return { kind: "range", effect, value: null, more: most > 0, support: count, logP };
}

/** The log-odds of `some` of `count` against `others` of `rest`, smoothed by one half. */
function odds(
  kind: "values" | "missing",
  some: number,
  others: number,
  count: number,
  rest: number,
): Untold {
  let effect = 0;
  if (some + others > 0 && some + others < count + rest) {
    const ours = (some + 0.5) / (count - some + 0.5);
    effect = Math.log((ours * (rest - others + 0.5)) / (others + 0.5));
  }
  const logP = logHypergeometric(some, count, some + others, count + rest);
  return { kind, effect, value: null, more: some * rest > others * count, support: some, logP };
}

/** Of which value the counts are the oddest, by the ratio of likelihoods; more before fewer. */
function oddest(some: number[], others: number[], count: number, rest: number): number {
  const share = count / (count + rest);
  const ratios = some.map((own, i) => {
    const all = own + others[i];
    const expected = all * share;
    return (
      xLogY(own, expected) +
      xLogY(count - own, count - expected) +
      xLogY(others[i], all - expected) +
      xLogY(rest - others[i], rest - all + expected)
    );
  });
  const least = ratios.reduce((most, ratio) => Math.max(most, ratio)) * ALIKE;
  const isMore = (i: number): boolean => some[i] * rest > others[i] * count;
  const more = ratios.findIndex((ratio, i) => ratio >= least && isMore(i));
  return more >= 0 ? more : ratios.findIndex((ratio) => ratio >= least);
}

function xLogY(observed: number, expected: number): number {
  return observed > 0 ? observed * Math.log(observed / expected) : 0;
}

/** How many lists have each element, from how many are which combination. */
function ofElements(header: CodesHeader & { kind: "elements" }, counts: number[]): number[] {
  const totals = header.values.map(() => 0);
  header.combinations.forEach((combination, code) => {
    for (const element of combination) totals[element] += counts[code];
  });
  return totals;
}

function total(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
