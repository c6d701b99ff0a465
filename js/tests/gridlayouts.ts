/** A layout for tests of the grid. */

import { GridLayout, type GridOptions } from "../src/values/gridlayout";

export const VIEWPORT = 600;

export const OPTIONS: GridOptions = {
  width: 888,
  count: 100,
  size: 120,
  gap: 8,
  captionHeight: 18,
};

export function layoutOf(options: Partial<GridOptions> = {}): GridLayout {
  return new GridLayout({ ...OPTIONS, ...options });
}
