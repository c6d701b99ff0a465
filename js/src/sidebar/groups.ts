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
  return id.startsWith("dict ") && key.startsWith(`${title}.`) ? key.slice(title.length + 1) : key;
}

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

/** The groups in the order of their first keys; a dict stands for the numbers inside it. */
export function groupKeys(keys: readonly KeyView[]): KeyGroup[] {
  const groups = new Map<string, KeyGroup>();
  const dicts = keys.filter(({ type }) => type === "dict").map(({ key }) => key);
  for (const item of keys) {
    const dict = dicts.filter((name) => item.key.startsWith(`${name}.`)).at(-1);
    const isDict = item.type === "dict" && keys.some(({ key }) => key.startsWith(`${item.key}.`));
    if (isDict) continue;
    const [id, title] = dict ? [`dict ${dict}`, dict] : [item.group, TITLES[item.group]];
    const group = groups.get(id) ?? { id, title, items: [] };
    group.items.push(item);
    groups.set(id, group);
  }
  return [...groups.values()];
}
