import { expect, test } from "vitest";
import { textsOf } from "../../src/compare/texts";
import type { Value } from "../../src/protocol";
import { KeyFormat } from "../../src/values/keyformat";

test.each<[string, string, (Value | undefined)[], (string | null)[]]>([
  ["numbers are as short as they are elsewhere", "float", [0.25, 0.5], ["0.25", "0.5"]],
  ["what differs looks different", "float", [0.45174, 0.45172, 0.9], ["0.45174", "0.45172", "0.9"]],
  ["down to the last digit", "float", [0.3, 0.1 + 0.2], ["0.3", "0.30000000000000004"]],
  ["the same stays short", "float", [0.451741, 0.451741], ["0.452", "0.452"]],
  ["missing is told from text", "string", ["", undefined, "a"], ["(empty)", null, "a"]],
  ["lists", "list", [["a", "b"], [], undefined], ["a, b", "(empty list)", null]],
  ["nested values", "dict", [{ a: [1] }, null], ['{"a":[1]}', "null"]],
])("%s", (_, type, values, texts) => {
  const format = new KeyFormat({ key: "key", type, ends: type === "float" ? [0, 1] : null });
  expect(textsOf({ key: "key", type, values }, format)).toEqual(texts);
});
