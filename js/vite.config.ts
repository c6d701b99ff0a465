import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/** anywidget loads one ES module and one style sheet, both from the Python package. */
export default defineConfig({
  plugins: [svelte()],
  build: {
    lib: { entry: "src/index.ts", formats: ["es"], fileName: "widget", cssFileName: "widget" },
    outDir: "../src/framegrid/static",
    emptyOutDir: true,
    target: "es2022",
    // Without this a library build keeps its white space, 40 % of the size.
    rolldownOptions: { output: { minify: true } },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
