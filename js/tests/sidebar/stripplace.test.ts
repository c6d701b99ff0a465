import { expect, it } from "vitest";
import { STRIP_HEIGHT, stripPlace, stripWidth } from "../../src/sidebar/stripplace";

const box = (left: number, right: number, top: number, bottom: number) => ({
  left,
  right,
  top,
  bottom,
});

it("stays in the card and off the slider, wherever that is", () => {
  for (const cardWidth of [320, 400, 700, 1400]) {
    const card = box(10, 10 + cardWidth, 50, 690);
    for (let top = 55; top < 640; top += 15) {
      const [slider, track] = [box(20, 250, top, top + 45), box(26, 244, top + 32, top + 35)];
      for (const fraction of [0, 0.3, 1]) {
        for (const count of [1, 5]) {
          const place = stripPlace({ card, slider, track }, fraction, count);
          const right = place.left + stripWidth(count);
          if (stripWidth(count) + 8 <= cardWidth) expect(right).toBeLessThanOrEqual(card.right);
          expect(place.left).toBeGreaterThanOrEqual(card.left);
          const isOff = place.top + STRIP_HEIGHT <= top || place.top >= slider.bottom;
          expect(isOff).toBe(true);
          expect(place.top).toBeGreaterThanOrEqual(card.top);
        }
      }
    }
  }
});
