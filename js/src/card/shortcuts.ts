/** Which keys are the notebook's though the focus is in the grid: those with Ctrl or Command, such as save. */

const SUPPRESS = "data-lm-suppress-shortcuts";
/** What Ctrl and Command do to a text. */
const EDITING = new Set(["a", "c", "v", "x", "y", "z", "backspace", "delete", "home", "end"]);
const ALONE = new Set(["control", "meta", "shift", "alt"]);
/** What they do in the list of samples. */
const PICKING = new Set(["a", " ", "home", "end", "pageup", "pagedown"]);

/**
 * Keeps the keys typed in `root` from a notebook that sees keys first, and lets through the others.
 * It asks each element from the focused one on. Returns the undoing.
 */
export function keepKeys(root: HTMLElement): () => void {
  const onfocusin = ({ target }: Event): void => mark(target as Element);
  const onkeydown = (event: KeyboardEvent): void => {
    const path = event.composedPath();
    if (!path.includes(root) || isOurs(event, path[0] as Element)) return;
    const marked = path.filter((at) => at instanceof Element && at.hasAttribute(SUPPRESS));
    for (const at of marked) (at as Element).removeAttribute(SUPPRESS);
    setTimeout(() => marked.forEach((at) => mark(at as Element)));
  };
  mark(root);
  root.addEventListener("focusin", onfocusin);
  window.addEventListener("keydown", onkeydown, true);
  return () => {
    root.removeEventListener("focusin", onfocusin);
    window.removeEventListener("keydown", onkeydown, true);
  };
}

/** Whether a key means something here: any without Ctrl or Command does. */
export function isOurs(event: KeyboardEvent, target: Element): boolean {
  if (!event.ctrlKey && !event.metaKey) return true;
  const key = event.key.toLowerCase();
  if (ALONE.has(key)) return true; // what it goes with is still to come
  const isText = target.matches("input:not([type=checkbox], [type=range])");
  if (key.startsWith("arrow")) return isText || target.matches("[role=listbox]");
  return isText ? EDITING.has(key) : target.matches("[role=listbox]") && PICKING.has(key);
}

/** Gives the focus back to what is around `root`. */
export function leave(root: HTMLElement): void {
  const around = root.parentElement?.closest<HTMLElement>("[tabindex]");
  if (around) around.focus({ preventScroll: true });
  const { activeElement } = root.getRootNode() as Document | ShadowRoot;
  if (root.contains(activeElement)) (activeElement as HTMLElement).blur();
}

const mark = (element: Element): void => element.setAttribute(SUPPRESS, "true");
