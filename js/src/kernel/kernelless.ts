/** Pages that were made of a saved widget, by `embed_minimal_html` or nbconvert, say. */

/**
 * Whether no kernel can ever answer; in a notebook, one that is not there may come back. Of the
 * models of ipywidgets, the layout is the one at hand with its comm: where there is a kernel it has one.
 */
export function isKernelless(manager: unknown, layout: unknown): boolean {
  if (!isObject(manager) || "kernel" in manager || "notebook" in manager) return false;
  return isObject(layout) && "widget_manager" in layout && !(layout as { comm?: unknown }).comm;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
