/** What a grid can be grouped by: a key, or of dates their day, month or year. */

/** A key, as far as grouping by it goes. */
interface Groupable {
  key: string;
  type: string;
}

const PERIODS = ["day", "month", "year"] as const;

/** All that these keys can be grouped by, as the trait says it: "label", "taken:month". */
export function groupings(keys: readonly Groupable[]): string[] {
  return keys.flatMap(({ key, type }) => {
    if (type === "list" || type === "dict") return [];
    return type === "datetime" ? PERIODS.map((period) => `${key}:${period}`) : [key];
  });
}

/** A grouping in words. */
export function groupText(grouping: string): string {
  const [, key, period] = /^(.+):(day|month|year)$/s.exec(grouping) ?? [];
  return key === undefined ? grouping : `${key} by ${period}`;
}
