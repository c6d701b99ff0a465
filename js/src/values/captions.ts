/** The rows of text under each tile. */

/** The keys that the grid is in the order of, but for those whose values a caption has. */
export function sortRows(order: readonly string[], captions: readonly string[]): string[] {
  return order.filter((key) => !captions.includes(key));
}

export function rowCount(order: readonly string[], captions: readonly string[]): number {
  return captions.length + sortRows(order, captions).length;
}

/** Whether a row has its key in front: a name says what it is, and so does a row that is alone. */
export function isNamed(
  key: string,
  settings: { captions: readonly string[]; captionKeys: boolean },
): boolean {
  return settings.captionKeys && settings.captions.length > 1 && key !== "file_name";
}
