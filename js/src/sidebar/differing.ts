/** Keys in the order in which some samples differ from the others, and how they do in words. */

import type { KeyDifference } from "../protocol";
import { formatCount } from "../values/format";
import type { KeyFormat } from "../values/keyformat";
import type { DifferingAnswer } from "../view/differing";

/**
 * The surest difference first. A key with a filter, which is not compared, stays at its place of
 * before, for somebody may be at its slider; at first it comes after those that are.
 */
export function byDifference(
  keys: readonly string[],
  { byKey }: Pick<DifferingAnswer, "byKey">,
  before: readonly string[],
): string[] {
  const known = new Set(keys);
  const compared = [...byKey.keys()].filter((key) => known.has(key));
  const others = keys.filter((key) => !byKey.has(key));
  const places = before.filter((key) => known.has(key));
  const kept = new Map(
    others.filter((key) => places.includes(key)).map((key) => [places.indexOf(key), key]),
  );
  const rest = [...compared, ...others.filter((key) => !places.includes(key))];
  return keys.map((_, place) => kept.get(place) ?? rest.shift()!);
}

/** In a few words; what may be chance is no difference. */
export function inWords(difference: KeyDifference, format: KeyFormat): string {
  const { kind, more, value, effect, different } = difference;
  if (!different) return "no difference";
  if (kind === "range") return `${more ? "higher" : "lower"}, ${effect.toFixed(2)}`;
  const what = kind === "missing" ? "missing" : format.category(value);
  const odds = `${effect < 0 ? "−" : "+"}${Math.abs(effect).toFixed(1)}`;
  return `${more ? "more" : "fewer"} ${what}, ${odds}`;
}

/** What the numbers are. */
export function explained(difference: KeyDifference): string {
  const { kind, support, different } = difference;
  if (!different) return "No more than chance would make of so many keys";
  return kind === "range"
    ? `The largest distance of the two distributions, at most 1; ${formatCount(support)} have a value`
    : `Log-odds: 0 is as often as among the others; ${formatCount(support)} of the samples are such`;
}

/** What is compared with what, or what to do for there to be something. */
export function sidesInWords({ inside, outside, isSelection }: DifferingAnswer): string {
  const which = isSelection ? "selected" : "shown";
  if (!inside || !outside) {
    const all = inside ? `All images are ${which}` : "No image is shown";
    return `${all}: filter or select some to see in which keys they differ from the others.`;
  }
  return `${formatCount(inside)} ${which}, against ${formatCount(outside)} others`;
}
