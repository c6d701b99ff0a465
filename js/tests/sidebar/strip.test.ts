import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Strip } from "../../src/sidebar/strip.svelte";
import type { SamplesAt, TileState } from "../../src/view";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PICTURE: TileState = { name: "a.jpg", values: new Map(), url: "data:,", error: null };

/** Samples at a value, which come when they are told to, and pictures, too. */
class Samples implements SamplesAt {
  readonly asked: number[] = [];
  readonly shown: number[][] = [];
  readonly here = new Map<number, TileState>();
  #answer: ((ids: number[]) => void)[] = [];

  at(_key: string, value: number): Promise<number[]> {
    this.asked.push(value);
    return new Promise((resolve) => this.#answer.push(resolve));
  }
  show(ids: readonly number[]): void {
    this.shown.push([...ids]);
  }
  tile(id: number): TileState | undefined {
    return this.here.get(id);
  }
  async answer(ids: number[]): Promise<void> {
    this.#answer.shift()!(ids);
    await vi.advanceTimersByTimeAsync(0);
  }
  come(...ids: number[]): void {
    for (const id of ids) this.here.set(id, PICTURE);
  }
}

function begun(): [Strip, Samples] {
  const samples = new Samples();
  return [new Strip(samples, () => "k"), samples];
}

describe("Strip", () => {
  it("asks once the pointer rests, and shows the first pictures when they are there", async () => {
    const [strip, samples] = begun();
    strip.point(3, 80);
    vi.advanceTimersByTime(79);
    expect(samples.asked).toEqual([]);
    vi.advanceTimersByTime(1);
    await samples.answer([5, 6]);
    expect(samples.shown.at(-1)).toEqual([5, 6]);
    expect(strip.shown).toBe(null);
    samples.come(6);
    strip.renew();
    expect(strip.shown).toEqual({ value: 3, ids: [5, 6] });
  });

  it("keeps the old pictures until all new ones are there, or patience ends", async () => {
    const [strip, samples] = begun();
    samples.come(5, 6);
    strip.point(3);
    vi.advanceTimersByTime(0);
    await samples.answer([5, 6]);
    expect(strip.shown?.ids).toEqual([5, 6]);
    strip.point(4);
    vi.advanceTimersByTime(0);
    await samples.answer([7, 8]);
    samples.come(7);
    strip.renew();
    expect(strip.shown?.ids).toEqual([5, 6]);
    samples.come(8);
    strip.renew();
    expect(strip.shown?.ids).toEqual([7, 8]);
    strip.point(5);
    vi.advanceTimersByTime(0);
    await samples.answer([9]);
    vi.advanceTimersByTime(399);
    expect(strip.shown?.ids).toEqual([7, 8]);
    vi.advanceTimersByTime(1);
    expect(strip.shown?.ids).toEqual([9]);
  });

  it("asks for the latest value only, one at a time", async () => {
    const [strip, samples] = begun();
    for (const value of [1, 2, 3]) strip.point(value);
    vi.advanceTimersByTime(0);
    for (const value of [4, 5, 6]) strip.point(value);
    await samples.answer([1]);
    vi.advanceTimersByTime(150);
    expect(samples.asked).toEqual([3, 6]);
  });

  it("is gone at once, whatever is still to come", async () => {
    const [strip, samples] = begun();
    samples.come(5);
    strip.point(3);
    vi.advanceTimersByTime(0);
    await samples.answer([5]);
    strip.point(4);
    vi.advanceTimersByTime(0);
    strip.point(null);
    expect(strip.shown).toBe(null);
    await samples.answer([5]);
    vi.advanceTimersByTime(1000);
    expect(strip.shown).toBe(null);
    expect(samples.shown.at(-1)).toEqual([]);
  });

  it("comes again at the value where it was", async () => {
    const [strip, samples] = begun();
    samples.come(5);
    for (let time = 0; time < 2; time++) {
      strip.point(3);
      vi.advanceTimersByTime(0);
      await samples.answer([5]);
      expect(strip.shown?.ids).toEqual([5]);
      strip.point(null);
    }
  });

  it("goes where no sample passes", async () => {
    const [strip, samples] = begun();
    samples.come(5);
    strip.point(3);
    vi.advanceTimersByTime(0);
    await samples.answer([5]);
    strip.point(4);
    vi.advanceTimersByTime(0);
    await samples.answer([]);
    expect(strip.shown).toBe(null);
  });
});
