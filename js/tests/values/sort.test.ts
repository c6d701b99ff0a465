import { expect, test } from "vitest";
import { parseSort, sortText } from "../../src/values/sort";

test.each(["blur", "-blur", "+blur", "--"])("the key %s can be sorted both ways", (key) => {
  for (const ascending of [true, false]) {
    expect(parseSort(sortText({ key, ascending }))).toEqual({ key, ascending });
  }
});
