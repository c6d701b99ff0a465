/** How a picture is magnified and moved; all lengths in px from the middle of its frame. */

export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const FIT: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 32;

/** Magnified by `factor` with the point (x, y) staying in place; back to fit at the least. */
export function zoomAt(zoom: Zoom, factor: number, x: number, y: number, frame: Size): Zoom {
  const scale = Math.min(MOST, Math.max(1, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return within({ scale, x: x - (x - zoom.x) * ratio, y: y - (y - zoom.y) * ratio }, frame);
}

/** Moved, as far as the frame stays covered. */
export function panBy(zoom: Zoom, dx: number, dy: number, frame: Size): Zoom {
  return within({ ...zoom, x: zoom.x + dx, y: zoom.y + dy }, frame);
}

function within({ scale, x, y }: Zoom, { width, height }: Size): Zoom {
  return { scale, x: clamp(x, ((scale - 1) * width) / 2), y: clamp(y, ((scale - 1) * height) / 2) };
}

const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
