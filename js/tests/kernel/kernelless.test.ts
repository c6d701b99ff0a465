import { expect, test } from "vitest";
import { isKernelless } from "../../src/kernel/kernelless";

const page = {};
const [layout, live] = [{ widget_manager: page }, { widget_manager: page, comm: {} }];

test.each([
  ["made of a saved widget", page, layout, true],
  ["of a host with comms", page, live, false],
  ["a notebook without its kernel", { kernel: null }, layout, false],
  ["a classic notebook", { notebook: {} }, layout, false],
  ["of a host without ipywidgets", undefined, undefined, false],
  ["of a host that gives references", page, "IPY_MODEL_1", false],
])("a page %s", (_, manager, layout, expected) => {
  expect(isKernelless(manager, layout)).toBe(expected);
});
