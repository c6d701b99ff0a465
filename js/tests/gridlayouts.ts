/** A layout for tests of the grid. */

import { GridLayout } from "../src/values/gridlayout";

export const VIEWPORT = 600;

export function layoutOf(
  options: Partial<ConstructorParameters<typeof GridLayout>[0]> = {},
): GridLayout {
  return new GridLayout({
    width: 888,
    count: 100,
    size: 120,
    gap: 8,
    captionHeight: 18,
    ...options,
  });
}
