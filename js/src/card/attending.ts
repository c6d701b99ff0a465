/** What the user does in the card, wherever it happens. */

import type { LifeView } from "../view";

const USED = ["keydown", "pointerdown", "pointermove", "lostpointercapture"];
/** After these the user may run a cell, which is to find what is shown. */
const DONE = ["keyup", "pointerup", "lostpointercapture", "change"];

/** Has components that take an event see what is shown as it is by then. */
export function keepFresh(life: Pick<LifeView, "refresh">): (element: HTMLElement) => void {
  return (element) => {
    for (const type of USED) element.addEventListener(type, () => life.refresh(), true);
  };
}

/**
 * Has the kernel know what was done: as soon as it is drawn, for hosts do a lot for every message,
 * and before anything that happens elsewhere.
 */
export function tellKernel(
  life: Pick<LifeView, "tell" | "flush">,
): (element: HTMLElement) => () => void {
  const [tell, flush] = [() => life.tell(), () => life.flush()];
  return (element) => {
    for (const type of DONE) element.addEventListener(type, tell);
    element.addEventListener("focusout", flush);
    addEventListener("blur", flush);
    addEventListener("pointerdown", flush, true);
    return () => {
      removeEventListener("blur", flush);
      removeEventListener("pointerdown", flush, true);
    };
  };
}
