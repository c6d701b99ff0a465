/** A store of tiles whose requests and frames a test sees to. */

import { beforeEach } from "vitest";
import type { Picture, Requests, Tile } from "../../src/protocol";
import { toDataUrl } from "../../src/explorer/dataurl";
import { type TileQuery, TileStore } from "../../src/explorer/thumbnails";

export type Part = Requests["tiles"]["part"];

/** One request as the kernel sees it. */
export interface Call {
  body: Requests["tiles"]["body"];
  onPart: (part: Part, buffers: DataView[]) => void;
  signal: AbortSignal;
  end: () => void;
  fail: (reason: Error) => void;
}

export const QUERY: TileQuery = { size: 128, captions: ["weather"], sort: [] };

export let calls: Call[];

export let frames: (() => void)[];

export let changes: number[][];

beforeEach(() => {
  [calls, frames, changes] = [[], [], []];
});

export function storeOf(limitBytes?: number): TileStore {
  const store = new TileStore({
    fetch: (body, onPart, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("gone", "AbortError")));
        calls.push({ body, onPart, signal, end: resolve, fail: reject });
      }),
    schedule: (run) => void frames.push(run),
    changed: (sampleIds) => void changes.push(sampleIds),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  });
  store.follow(1);
  store.configure(QUERY);
  return store;
}

/** Runs what was scheduled, and what that schedules. */
export function frame(): void {
  while (frames.length) frames.shift()?.();
}

/** Lets promises go on, then runs the frame they asked for. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  frame();
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first }, (_, i) => first + i);
}

export function tileOf(sample_id: number, caption = "sunny"): Tile {
  return { sample_id, name: `${sample_id}.jpg`, captions: [caption], sorted: [] };
}

export function pictureOf(sample_id: number, buffer: number): Picture {
  return { sample_id, error: null, mime: "image/jpeg", width: 4, height: 3, buffer };
}

/** Answers with texts and pictures of `byte`s; such a picture's URL is told by its byte. */
export function answer({ onPart }: Call, ids: number[], byte = 0, length = 3): void {
  const buffers = ids.map(() => new DataView(new Uint8Array(length).fill(byte).buffer));
  onPart({ tiles: ids.map((id) => tileOf(id)), pictures: ids.map(pictureOf) }, buffers);
}

export function urlOf(byte: number, length = 3): string {
  return toDataUrl(new DataView(new Uint8Array(length).fill(byte).buffer), "image/jpeg");
}
