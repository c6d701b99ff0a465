import { expect, test } from "vitest";
import { isNamed, rowCount } from "../../src/values/captions";

test("the key sorted by has a row of its own, unless a caption has it", () => {
  const settings = { captions: ["label", "file_name"], captionKeys: true };
  expect(rowCount(["loss"], settings.captions)).toBe(3);
  expect(rowCount(["label", "loss", "width"], settings.captions)).toBe(4);
  expect(rowCount(["label"], settings.captions)).toBe(2);
  expect(rowCount([], settings.captions)).toBe(2);
  expect(["label", "file_name"].map((key) => isNamed(key, settings))).toEqual([true, false]);
  expect(isNamed("label", { ...settings, captionKeys: false })).toBe(false);
});
