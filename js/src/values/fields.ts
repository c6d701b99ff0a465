/** What the fields of a sample say of its picture. */

import type { Value } from "../protocol";

type Fields = readonly (readonly [string, Value])[];

export function fileName(fields: Fields): string | null {
  const name = fieldOf(fields, "file_name");
  return name === undefined ? null : String(name);
}

/** In px; null where it is unknown. */
export function sizeOf(fields: Fields): { width: number; height: number } | null {
  const [width, height] = ["width", "height"].map((side) => Number(fieldOf(fields, side) ?? 0));
  return width && height ? { width, height } : null;
}

function fieldOf(fields: Fields, name: string): Value | undefined {
  return fields.find(([field]) => field === name)?.[1];
}
