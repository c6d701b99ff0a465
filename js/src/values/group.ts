/** What a grid is grouped by: a key, or a key in a form; see `src/framegrid/grid/answers/groups.py`. */

/** A key, as far as grouping by it goes. */
interface Groupable {
  key: string;
  type: string;
}

const PERIODS = ["day", "month", "year"] as const;
const FORM = /^(.+):(value|bins|day|month|year)$/s;

/** All that these keys can be grouped by, as the trait says it: "label", "taken:month". */
export function groupings(keys: readonly Groupable[]): string[] {
  return keys.flatMap(({ key, type }) => {
    if (type === "list" || type === "dict") return [];
    return type === "datetime" ? PERIODS.map((period) => `${key}:${period}`) : [key];
  });
}

/** A grouping in words. */
export function groupText(grouping: string): string {
  const [, key, form] = FORM.exec(grouping) ?? [];
  return PERIODS.some((period) => period === form) ? `${key} by ${form}` : grouping;
}

/** The key that a group goes by: one of that name, or one with a form behind it. */
export function groupKey(group: string, isKey: (key: string) => boolean): string {
  return isKey(group) ? group : (FORM.exec(group)?.[1] ?? group);
}
