/** The rectangle of a plot: drawn, moved and resized by a pointer, or cell by cell with keys. */

import type { PlotAxis, Stretch } from "../values/plotaxis";

/** A rectangle as places on the axes, and a point. */
export interface Box {
  x: Stretch;
  y: Stretch;
}
export interface Point {
  x: number;
  y: number;
}

/** What a pointer took hold of: of each axis an end, both, or neither. */
interface Grip {
  x: "from" | "to" | "both" | null;
  y: "from" | "to" | "both" | null;
}

/** What a brush works on. */
export interface Canvas {
  axes: readonly [PlotAxis, PlotAxis];
  /** What the filters let pass; null where they let everything. */
  rectangle: Box | null;
}

const SIDES = ["x", "y"] as const;
const STEPS = new Map<string, readonly [number, number]>([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowDown", [0, -1]],
  ["ArrowUp", [0, 1]],
]);

export class Brush {
  readonly #canvas: () => Canvas | null;
  readonly #apply: (box: Box | null) => void;
  #draft = $state.raw<Box | null>(null);
  /** The cell that keys are at, by the place of its middle. */
  #cursor = $state.raw<Point | null>(null);
  /** Where a rectangle that keys draw begins. */
  #anchor: Point | null = null;
  #held: { at: Point; grip: Grip; from: Box } | null = null;

  constructor(canvas: () => Canvas | null, apply: (box: Box | null) => void) {
    [this.#canvas, this.#apply] = [canvas, apply];
  }

  /** What is drawn but not yet in force. */
  get draft(): Box | null {
    return this.#draft;
  }

  get isHeld(): boolean {
    return this.#held !== null;
  }

  get cursor(): Point | null {
    return this.#cursor;
  }

  /** What is taken hold of at a point; `reach` is how far an edge is taken. */
  grip(at: Point, reach: Point): Grip {
    const { rectangle } = this.#canvas() ?? {};
    const none: Grip = { x: null, y: null };
    if (!rectangle || !SIDES.every((side) => isIn(rectangle[side], at[side], reach[side]))) {
      return none;
    }
    const ends = SIDES.map((side) => endAt(rectangle[side], at[side], reach[side]));
    if (ends.some(Boolean)) return { x: ends[0], y: ends[1] };
    return { x: canMove(rectangle.x), y: canMove(rectangle.y) };
  }

  press(at: Point, reach: Point): void {
    const grip = this.grip(at, reach);
    const { rectangle } = this.#canvas() ?? {};
    const isNew = !rectangle || (!grip.x && !grip.y);
    const point: Box = { x: { from: at.x, to: at.x }, y: { from: at.y, to: at.y } };
    this.#anchor = null;
    this.#held = isNew
      ? { at, grip: { x: "to", y: "to" }, from: point }
      : { at, grip, from: rectangle };
  }

  moveTo(at: Point): void {
    if (!this.#held) return;
    const { at: start, grip, from } = this.#held;
    const dragged = (side: "x" | "y"): Stretch =>
      shifted(from[side], grip[side], at[side] - start[side]);
    this.#draft = { x: dragged("x"), y: dragged("y") };
  }

  /** The pointer is up: whether there is another rectangle now. */
  release(): boolean {
    const draft = this.#held && this.#draft;
    this.cancel();
    if (draft) this.#apply(draft);
    return draft !== null;
  }

  /** Forgets what is drawn; whether there was anything. */
  cancel(): boolean {
    const had = this.#draft !== null;
    [this.#held, this.#draft, this.#anchor] = [null, null, null];
    return had;
  }

  /** Forgets the cursor: the keys are elsewhere. */
  leave(): void {
    if (!this.#held) this.cancel();
    this.#cursor = null;
  }

  /** Whether a key does something here. */
  key(key: string, shift: boolean): boolean {
    const step = STEPS.get(key);
    if (step) this.#step(step, shift);
    else if (key === "Enter" || key === " ") this.#settle();
    else if (key === "Escape") return this.cancel();
    else if (key === "Delete" || key === "Backspace") this.#apply(null);
    else return false;
    return true;
  }

  /** Puts the cursor somewhere, if it is nowhere. */
  enter(at: Point): void {
    this.#cursor ??= this.#middle(this.#cells(at));
  }

  #step([across, up]: readonly [number, number], shift: boolean): void {
    const axes = this.#canvas()?.axes;
    if (!axes || !this.#cursor) return;
    const before = this.#cursor;
    const [i, j] = this.#cells(before);
    const clamp = (cell: number, { length }: PlotAxis): number =>
      Math.max(0, Math.min(length - 1, cell));
    this.#cursor = this.#middle([clamp(i + across, axes[0]), clamp(j + up, axes[1])]);
    if (!shift) return void this.cancel();
    this.#anchor ??= before;
    this.#draft = this.#between(this.#anchor, this.#cursor);
  }

  #settle(): void {
    if (!this.#cursor) return;
    const box = this.#draft ?? this.#between(this.#cursor, this.#cursor);
    this.cancel();
    this.#apply(box);
  }

  /** The cells at a point, or those nearest to it. */
  #cells(at: Point): [number, number] {
    const axes = this.#canvas()?.axes;
    if (!axes) return [0, 0];
    return [axes[0].nearestCell(at.x), axes[1].nearestCell(at.y)];
  }

  #middle([i, j]: [number, number]): Point {
    const [x, y] = this.#canvas()!.axes;
    const middle = ({ places }: PlotAxis, cell: number): number =>
      (places[cell] + places[cell + 1]) / 2;
    return { x: middle(x, i), y: middle(y, j) };
  }

  /** All cells from one to another. */
  #between(a: Point, b: Point): Box {
    const [x, y] = this.#canvas()!.axes;
    const [[i, j], [k, l]] = [this.#cells(a), this.#cells(b)];
    const span = ({ places }: PlotAxis, one: number, other: number): Stretch => ({
      from: places[Math.min(one, other)],
      to: places[Math.max(one, other) + 1],
    });
    return { x: span(x, i, k), y: span(y, j, l) };
  }
}

function isIn({ from, to }: Stretch, at: number, reach: number): boolean {
  return at >= from - reach && at <= to + reach;
}

/** The end that is near; what lies at the end of the axis is none. */
function endAt({ from, to }: Stretch, at: number, reach: number): "from" | "to" | null {
  const [near, far] = [Math.abs(at - from), Math.abs(at - to)];
  if (far <= reach && far <= near && to < 1) return "to";
  return near <= reach && from > 0 ? "from" : null;
}

function canMove({ from, to }: Stretch): "both" | null {
  return from > 0 || to < 1 ? "both" : null;
}

function shifted({ from, to }: Stretch, grip: Grip["x"], by: number): Stretch {
  const keep = (place: number): number => Math.max(0, Math.min(1, place));
  if (grip === "both") {
    const far = Math.max(-from, Math.min(1 - to, by));
    return { from: from + far, to: to + far };
  }
  const [a, b] = [grip === "from" ? keep(from + by) : from, grip === "to" ? keep(to + by) : to];
  return { from: Math.min(a, b), to: Math.max(a, b) };
}
