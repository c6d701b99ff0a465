/** Keeping the keyboard focus inside an element. */

const STOPS = "button:enabled, input:enabled, select:enabled, [tabindex='0']";

/** Takes the focus into `element` when it was somewhere in the widget, not when the user is at work elsewhere. */
export function takeFocus(element: HTMLElement): void {
  if (element.closest(".framegrid:focus-within")) element.focus({ preventScroll: true });
}

/** Makes a Tab at the last stop of `element` go on at the first, and backwards. */
export function wrapTab(event: KeyboardEvent, element: HTMLElement): void {
  const stops = element.querySelectorAll<HTMLElement>(STOPS);
  const focused = (element.getRootNode() as Document | ShadowRoot).activeElement;
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const leaves = event.shiftKey ? focused === first || focused === element : focused === last;
  if (!leaves) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}
