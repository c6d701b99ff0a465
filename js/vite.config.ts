import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/** Rules of hosts such as `.output img` have a class and an element: those of a component have one class more. */
const raised = new WeakSet<object>();
const raise = {
  postcssPlugin: "raise",
  Rule(rule: { selectors: string[] }): void {
    if (raised.has(rule) || !rule.selectors.some((each) => each.includes(".svelte-"))) return;
    raised.add(rule);
    rule.selectors = rule.selectors.map((each) => `.framegrid ${each}`);
  },
};

/** anywidget loads one ES module and one style sheet, both from the Python package. */
export default defineConfig({
  plugins: [svelte()],
  css: { postcss: { plugins: [raise] } },
  build: {
    lib: { entry: "src/index.ts", formats: ["es"], fileName: "widget", cssFileName: "widget" },
    outDir: "../src/framegrid/static",
    emptyOutDir: true,
    target: "es2022",
    // Without this a library build keeps its white space, 40 % of the size.
    rolldownOptions: { output: { minify: true } },
  },
  // A busy machine is no fault.
  test: { include: ["tests/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
});
