/** How tall the grid is: as tall as its samples need and the user allows, as its pane, or as the window. */

/** Panes that hold one output and nothing else: "New View for Output" and sidecar. */
const PANES = ".jp-LinkedOutputView";
const MARGIN_PX = 8;
/** No less, for the filters to have some room. */
const LEAST_PX = 320;

export class Extent {
  /** Whether it covers the window. */
  full = $state(false);
  /** Height of what it leaves on the page meanwhile, in px. */
  left = $state(0);
  /** Height of the pane that it fills, in px. */
  #pane: number | null = $state(null);
  #root: HTMLElement | undefined;

  get canBeFull(): boolean {
    return "showPopover" in HTMLElement.prototype;
  }
  /** Whether the user may set the height. */
  get isFree(): boolean {
    return !this.full && this.#pane === null;
  }

  /** The style of an element that is at most `height` px tall, and so tall in any case if `fixed`. */
  style(height: number, fixed: boolean): string {
    if (this.full) return "";
    if (this.#pane !== null) return `height: ${this.#pane}px`;
    if (fixed) return `height: ${height}px`;
    return `min-height: ${Math.min(height, LEAST_PX)}px; max-height: ${height}px`;
  }

  readonly attach = (root: HTMLElement): (() => void) => {
    this.#root = root;
    let pane: Element | null = null;
    const observer = new ResizeObserver(() => {
      if (pane) return this.#fill(root, pane);
      if (!root.isConnected) return; // hosts make it first, and put it on the page later
      observer.disconnect();
      pane = root.closest(PANES);
      if (pane) observer.observe(pane);
    });
    observer.observe(root);
    return () => observer.disconnect();
  };

  #fill(root: HTMLElement, pane: Element): void {
    let above = root.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    for (let box: Element = root; box !== pane; box = box.parentElement!) above += box.scrollTop;
    this.#pane = Math.max(LEAST_PX, pane.clientHeight - above - MARGIN_PX);
  }

  /** Covers the window, from wherever a host has put it, or goes back to its place. */
  readonly toggleFull = (): void => {
    const root = this.#root;
    if (!root) return;
    if (this.full) return root.hidePopover();
    this.left = root.offsetHeight;
    root.popover = "manual";
    root.showPopover();
    this.full = true;
  };

  /** Also when the host took it off the page. */
  readonly ontoggle = ({ newState, target }: ToggleEvent): void => {
    if (target !== this.#root || newState !== "closed") return;
    this.full = false;
    this.#root?.removeAttribute("popover");
  };
}
