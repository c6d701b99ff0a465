/** How the sidebar groups keys: dimensions, metadata, and the numbers inside each dict. */

import type { KeyView } from "../view";

export interface KeyGroup {
  /** Unique among groups. */
  id: string;
  title: string;
  items: KeyView[];
}

/** The groups in the order of their first keys; a dict stands for the numbers inside it. */
export function groupKeys(keys: readonly KeyView[]): KeyGroup[] {
  const groups = new Map<string, KeyGroup>();
  const dicts = keys.filter(({ type }) => type === "dict").map(({ key }) => key);
  for (const item of keys) {
    const dict = dicts.filter((name) => item.key.startsWith(`${name}.`)).at(-1);
    const isDict = item.type === "dict" && keys.some(({ key }) => key.startsWith(`${item.key}.`));
    if (isDict) continue;
    const [id, title] = dict
      ? [`dict ${dict}`, dict]
      : item.group === "dimensions"
        ? ["dimensions", "Dimensions"]
        : ["metadata", "Metadata"];
    const group = groups.get(id) ?? { id, title, items: [] };
    group.items.push(item);
    groups.set(id, group);
  }
  return [...groups.values()];
}
