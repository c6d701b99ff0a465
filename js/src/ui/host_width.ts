/** The width of a grid in a box that is as wide as what it holds, such as one inside an `HBox`. */

const LEAST_PX = 320;
/** More than what rounding makes of a width. */
const STEP_PX = 8;

/** Has a grid be as wide as its surroundings allow; `el` is what the host gives it. Returns the undoing. */
export function reserveWidth(el: HTMLElement): () => void {
  let outer: Element | undefined;
  const observer = new ResizeObserver(() => {
    if (outer) return want(el, LEAST_PX + free(el, outer));
    if (!el.offsetWidth) return; // not on the page yet
    observer.unobserve(el);
    outer = outermost(el);
    if (outer?.parentElement) observer.observe(outer.parentElement);
  });
  el.classList.add("fg-host");
  observer.observe(el);
  return () => observer.disconnect();
}

/** Sets the width that the grid has where its content decides. */
function want(el: HTMLElement, px: number): void {
  el.style.setProperty("--fg-width", `${px}px`);
}

/** The outermost of the boxes around `el` that are wider when the grid wants more. */
function outermost(el: HTMLElement): Element | undefined {
  const boxes: Element[] = [];
  for (let box = el.parentElement; box; box = box.parentElement) boxes.unshift(box);
  const widths = (px: number): number[] => {
    want(el, px);
    return boxes.map((box) => box.getBoundingClientRect().width);
  };
  const [before, after] = [widths(LEAST_PX), widths(LEAST_PX + STEP_PX)];
  want(el, LEAST_PX);
  return boxes.find((_, i) => before[i] !== after[i]);
}

/** What is left in the box around `outer` when the grid wants least. */
function free(el: HTMLElement, outer: Element): number {
  want(el, LEAST_PX);
  const around = outer.parentElement as Element;
  const { display, paddingLeft, paddingRight } = getComputedStyle(around);
  const inRow = /flex|grid/.test(display) ? [...around.children] : [outer];
  const rects = inRow.map((box) => box.getBoundingClientRect()).filter(({ width }) => width);
  const left = Math.min(...rects.map((rect) => rect.left));
  const right = Math.max(...rects.map((rect) => rect.right));
  const room = around.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  return Math.max(0, Math.floor(room - (right - left)));
}
