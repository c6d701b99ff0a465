/** Texts that pulse when they are others, for those who watch a loop. */

/** Gently: the new text comes in from half its strength. */
const FRAMES: Keyframe[] = [{ opacity: 0.35 }, { opacity: 1 }];
const TIMING: KeyframeAnimationOptions = { duration: 700, easing: "ease-out" };

/** The last text that an element had, of which sample. */
const KNOWN = new WeakMap<Element, { of: number; text: string }>();

/**
 * Has an element pulse when it got another text of the same sample while data `flow`; not for those
 * who want less motion.
 */
export function pulse(of: number, text: string, flow: boolean): (element: HTMLElement) => void {
  return (element) => {
    const known = KNOWN.get(element);
    if (text || known?.of !== of) KNOWN.set(element, { of, text });
    const isOther = flow && known?.of === of && known.text && text && known.text !== text;
    if (isOther && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      element.animate(FRAMES, TIMING);
    }
  };
}
