/** How the sidebar groups keys: dimensions, files, metadata, and the numbers inside each dict. */

import type { KeyView } from "../view";

export interface KeyGroup {
  /** Unique among groups. */
  id: string;
  title: string;
  items: KeyView[];
}

/** What a group's title does not say of a key: "lat" of "gps.lat" below "gps". */
export function nameIn({ id, title }: KeyGroup, key: string): string {
  if (id !== dictGroup(title)) return key;
  return key === title ? "as a whole" : key.slice(title.length + 1);
}

const dictGroup = (key: string): string => `dict ${key}`;

/** The folders and those that they are in, each once, in the order of a tree. */
export function folderTree(folders: readonly string[]): string[] {
  const all = new Set<string>();
  for (const folder of folders) {
    const parts = folder.split("/");
    parts.forEach((_, i) => all.add(parts.slice(0, i + 1).join("/")));
  }
  all.delete("");
  return [...all].sort((a, b) => (a.split("/") < b.split("/") ? -1 : 1));
}

const TITLES = { dimensions: "Dimensions", files: "Files", metadata: "Metadata" };

/** The dicts that have numbers inside, which are keys, too. */
export function dictsOf(keys: readonly KeyView[]): string[] {
  const isInside = (dict: string) => keys.some(({ key }) => key.startsWith(`${dict}.`));
  const dicts = keys.filter(({ type }) => type === "dict").map(({ key }) => key);
  return dicts.filter(isInside);
}

/**
 * The groups in the order of their first keys; a dict stands for the numbers inside it, and is among
 * them where some samples lack it.
 */
export function groupKeys(keys: readonly KeyView[]): KeyGroup[] {
  const groups = new Map<string, KeyGroup>();
  const dicts = dictsOf(keys);
  for (const item of keys) {
    const isDict = dicts.includes(item.key);
    if (isDict && !item.missing && !item.condition) continue;
    const dict = isDict ? item.key : dicts.filter((name) => item.key.startsWith(`${name}.`)).at(-1);
    const [id, title] = dict ? [dictGroup(dict), dict] : [item.group, TITLES[item.group]];
    const group = groups.get(id) ?? { id, title, items: [] };
    group.items.push(item);
    groups.set(id, group);
  }
  return [...groups.values()];
}
