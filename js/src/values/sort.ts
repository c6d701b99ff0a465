/** The sort trait: a key, after "-" when it descends; see `parse_sort` in `src/framegrid/grid/protocol.py`. */

export interface Sort {
  key: string;
  ascending: boolean;
}

/** A key that itself starts with a sign is written with one more. */
export function parseSort(sort: string): Sort {
  return { key: sort.replace(/^[+-]/, ""), ascending: !sort.startsWith("-") };
}

export function sortText({ key, ascending }: Sort): string {
  if (key === "") return "";
  return (ascending ? (/^[+-]/.test(key) ? "+" : "") : "-") + key;
}
