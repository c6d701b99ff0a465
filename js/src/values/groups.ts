/** What the grid is grouped by; see `src/framegrid/grid/answers/groups.py`. */

const FORM = /^(.+):(?:value|bins|day|month|year)$/s;

/** The key that a group goes by: one of that name, or one with a form behind it. */
export function groupKey(group: string, isKey: (key: string) => boolean): string {
  return isKey(group) ? group : (FORM.exec(group)?.[1] ?? group);
}
