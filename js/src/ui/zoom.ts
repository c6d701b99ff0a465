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
/** Screen pixels that a picture's pixel has at the most, unless it has more where it fits. */
const MOST = 32;

/** Magnified by `factor` with the point (x, y) staying in place, between `least` and `most`. */
export function zoomAt(
  zoom: Zoom,
  factor: number,
  x: number,
  y: number,
  frame: Size,
  [least, most]: readonly [number, number] = [1, MOST],
): Zoom {
  const scale = Math.min(most, Math.max(least, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return within({ scale, x: x - (x - zoom.x) * ratio, y: y - (y - zoom.y) * ratio }, frame);
}

/** The scales allowed for a picture that fits at `fit` screen pixels for each of its own. */
export function scalesFor(fit: number | null): [least: number, most: number] {
  return fit === null ? [1, MOST] : [Math.min(1, 1 / fit), Math.max(MOST, MOST / fit)];
}

/** "21 %", of what is small with two digits. */
export function percent(share: number): string {
  const percent = share * 100;
  return `${percent < 10 ? Number(percent.toPrecision(2)) : Math.round(percent)} %`;
}

/** The largest size of a shape that fits a frame. */
export function fitted(shape: Size, frame: Size): Size {
  const scale = Math.min(frame.width / shape.width, frame.height / shape.height);
  return { width: shape.width * scale, height: shape.height * scale };
}

/** Whether something of a picture may be transparent, by its data URL: JPEGs never are. */
export function mayBeTransparent(url: string): boolean {
  return !url.startsWith("data:image/jpeg");
}

/** Moved, as far as the frame stays covered, or back towards that. */
export function panBy(zoom: Zoom, dx: number, dy: number, frame: Size): Zoom {
  return within({ ...zoom, x: zoom.x + dx, y: zoom.y + dy }, frame, zoom);
}

/**
 * The zoom of a picture that moves with another: the same part of it is in the middle of its frame,
 * and where they have the same shape the same part everywhere. It is `closer` times as large, of
 * what it is where it fits.
 */
export function alike(zoom: Zoom, shape: Size, other: Size, frame: Size, closer = 1): Zoom {
  const [from, to] = [fitted(shape, frame), fitted(other, frame)];
  return {
    scale: zoom.scale * closer,
    x: (zoom.x * closer * to.width) / from.width,
    y: (zoom.y * closer * to.height) / from.height,
  };
}

function within({ scale, x, y }: Zoom, { width, height }: Size, before = FIT): Zoom {
  const [right, down] = [((scale - 1) * width) / 2, ((scale - 1) * height) / 2];
  return {
    scale,
    x: clamp(x, Math.max(right, Math.abs(before.x))),
    y: clamp(y, Math.max(down, Math.abs(before.y))),
  };
}

const clamp = (value: number, most: number): number =>
  most > 0 ? Math.max(-most, Math.min(most, value)) : 0;
