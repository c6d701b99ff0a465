/** The rows of text under each tile. */

import { parseSort } from "./sort";

/** The key that the grid is in the order of, unless a caption has its values; "" for none. */
export function sortRow(order: string, captions: readonly string[]): string {
  const { key } = parseSort(order);
  return captions.includes(key) ? "" : key;
}

export function rowCount(order: string, captions: readonly string[]): number {
  return captions.length + (sortRow(order, captions) ? 1 : 0);
}

/** Whether a row has its key in front: a name says what it is, and so does a row that is alone. */
export function isNamed(
  key: string,
  settings: { captions: readonly string[]; captionKeys: boolean },
): boolean {
  return settings.captionKeys && settings.captions.length > 1 && key !== "file_name";
}
