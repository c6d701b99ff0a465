/** What two keys are plotted, as the trait says it; see `src/framegrid/grid/answers/plots.py`. */

import type { ColumnKind } from "../protocol";

/** One of the two keys of a plot. */
export interface PlotSide {
  key: string;
  /** Whether each value has a place of its own instead of one along an axis. */
  byValue: boolean;
}

/** A key, as far as plotting it goes. */
interface Plottable {
  key: string;
  kind: ColumnKind;
}

const VALUES = ":value";

/** What one of a plot's two texts says; null where there is no such key, or none to plot. */
export function plotSide(text: string, keys: readonly Plottable[]): PlotSide | null {
  const find = (key: string): Plottable | undefined =>
    keys.find((each) => each.key === key && canPlot(each));
  const exact = find(text);
  if (exact) return { key: text, byValue: exact.kind === "values" };
  const key = text.endsWith(VALUES) ? text.slice(0, -VALUES.length) : "";
  return find(key) ? { key, byValue: true } : null;
}

export function canPlot({ kind }: Plottable): boolean {
  return kind === "range" || kind === "values";
}

const LONGITUDE = /(^|[._\s-])(lon|lng|long|longitude)$/i;
const LATITUDE = /(^|[._\s-])(lat|latitude)$/i;

/** Whether a plot is a map: degrees of longitude by degrees of latitude. */
export function isMap(x: string, y: string): boolean {
  return LONGITUDE.test(x) && LATITUDE.test(y);
}

/** A plot of a key with the one that goes best with it; none where there is no other. */
export function plotOf(key: string, keys: readonly Plottable[]): string[] {
  const others = keys.filter((each) => each.key !== key && canPlot(each));
  const longitude = others.find((each) => isMap(each.key, key) && areBeside(each.key, key));
  if (longitude) return [longitude.key, key];
  const latitude = others.find((each) => isMap(key, each.key) && areBeside(each.key, key));
  const kind = keys.find((each) => each.key === key)?.kind;
  const alike = others.filter((each) => each.kind === kind);
  const after = keys.findIndex((each) => each.key === key);
  const next = alike.find((each) => keys.indexOf(each) > after);
  const other = latitude ?? next ?? alike[alike.length - 1] ?? others[0];
  return other ? [key, other.key] : [];
}

/** Whether two keys are of one dict, or of none. */
function areBeside(a: string, b: string): boolean {
  const parent = (key: string): string => key.slice(0, key.lastIndexOf(".") + 1);
  return parent(a) === parent(b);
}
