import { expect, test, vi } from "vitest";
import { LastAnswers } from "../../src/ui/lastanswers";

test("a recent answer is not asked for again, a failed one is", async () => {
  const recent = new LastAnswers<number>(2);
  const ask = vi.fn().mockRejectedValueOnce(new Error("busy")).mockResolvedValue(1);
  await expect(recent.get("a", ask)).rejects.toThrow("busy");
  await recent.get("a", ask);
  await recent.get("a", ask);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("the oldest answer is forgotten first", async () => {
  const recent = new LastAnswers<string>(2);
  const ask = vi.fn((key: string) => Promise.resolve(key));
  for (const key of ["a", "b", "a", "c", "a", "b"]) await recent.get(key, () => ask(key));
  expect(ask.mock.calls.flat()).toEqual(["a", "b", "c", "b"]);
});
