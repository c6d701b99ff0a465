/** One side of the cut as a grid: the ids around what is looked at, the kernel has the others. */

import type { CutSide } from "../protocol";
import type { TilesView, TileState } from "../view";

/** Beyond what is looked at, as many ids are here at least. */
const MARGIN = 256;
/** So many ids are asked for at once where all are wanted. */
const MANY = 50_000;

/** What a side stands on. */
export interface SideSource {
  /** The keys whose values the tiles show. */
  order(): readonly string[];
  allIds(): ArrayLike<number>;
  tile(sampleId: number): TileState | undefined;
  /** Called when others are on the screen. */
  shown(edge: number): void;
  /** Called when ids are looked at that are not here. */
  lacks(): void;
  /** Asks for the ids between two positions. */
  idsBetween(first: number, last: number): Promise<number[]>;
}

export class Side implements TilesView {
  readonly #source: SideSource;
  #known = $state.raw({ count: 0, first: 0, ids: [] as number[] });
  /** Positions that are to be here. */
  #wanted: [number, number] = [0, MARGIN];
  /** Positions that were looked at and are not. */
  #lacking: [number, number] | undefined;
  /** On the screen, the most wanted first. */
  onScreen: number[] = [];
  readonly sections = null;
  readonly held = null;

  constructor(source: SideSource) {
    this.#source = source;
  }

  get count(): number {
    return this.#known.count;
  }
  get total(): number {
    return this.count;
  }
  get due(): number {
    return this.count;
  }
  get passing(): number {
    return this.count;
  }
  get order(): readonly string[] {
    return this.#source.order();
  }

  /** The positions whose ids are wanted. */
  get window(): [number, number] {
    return this.#wanted;
  }

  /** Takes an answer to what was asked for. */
  take({ count, ids }: CutSide, [first]: [number, number]): void {
    this.#known = { count, first, ids };
  }

  idAt(index: number): number {
    const { count, first, ids } = this.#known;
    const id = ids[index - first];
    if (id === undefined && index >= 0 && index < count) this.#lack(index);
    return id ?? -1;
  }

  indexOf(sampleId: number): number {
    const { first, ids } = this.#known;
    const at = ids.indexOf(sampleId);
    return at < 0 ? -1 : first + at;
  }

  async idsBetween(first: number, last: number): Promise<number[]> {
    const all: number[] = [];
    for (let at = first; at < last; at += MANY) {
      all.push(...(await this.#source.idsBetween(at, Math.min(last, at + MANY))));
    }
    return all;
  }

  dueIds(): Promise<number[]> {
    return this.idsBetween(0, this.count);
  }

  allIds(): ArrayLike<number> {
    return this.#source.allIds();
  }

  keepPlace(): void {}

  tile(sampleId: number): TileState | undefined {
    return this.#source.tile(sampleId);
  }

  showTiles(sampleIds: number[], edge: number): void {
    this.onScreen = sampleIds;
    this.#source.shown(edge);
  }

  /** Asks for what is around the positions that are not here, all of one moment at once. */
  #lack(index: number): void {
    if (!this.#lacking) {
      this.#lacking = [index, index];
      queueMicrotask(() => {
        const [first, last] = this.#lacking!;
        this.#lacking = undefined;
        const margin = Math.max(MARGIN, this.onScreen.length);
        const wanted: [number, number] = [Math.max(0, first - margin), last + margin];
        if (wanted[0] === this.#wanted[0] && wanted[1] === this.#wanted[1]) return;
        this.#wanted = wanted;
        this.#source.lacks();
      });
    }
    this.#lacking = [Math.min(index, this.#lacking[0]), Math.max(index, this.#lacking[1])];
  }
}
