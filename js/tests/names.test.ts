/** Names that no host has: its rules would hold inside the grid, and the grid's inside the host. */

import { compile } from "svelte/compiler";
import { expect, test } from "vitest";

const sources = import.meta.glob<string>("../src/**/*.svelte", {
  query: "?raw",
  import: "default",
  eager: true,
});

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, found]) => found.split(/\s+/)).filter(Boolean);

test.each(Object.entries(sources))("%s has classes and variables of our own", (_, source) => {
  const { css, js } = compile(source, { runes: true });
  const classes = [
    ...all(css?.code ?? "", /\.([a-z][\w-]*)(?=[^{}]*\{)/g),
    ...all(js.code, /class="([^"$]*)"/g),
    ...all(source, /class:([\w-]+)/g),
  ];
  expect(classes.filter((name) => !/^(fg-|svelte-|framegrid$)/.test(name))).toEqual([]);
  const variables = all(source, /[\s:](--[a-z-]+)\s*[:=]/g);
  expect(variables.filter((name) => !name.startsWith("--fg-"))).toEqual([]);
});
