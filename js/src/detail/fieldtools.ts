/** What can be done with a value in the detail view. */

import type { KeyFormat } from "../values/keyformat";
import type { Value } from "../protocol";

/** A filter to be set, with its text, such as "weather: rain". */
export interface Offer {
  text: string;
  apply: () => void;
}

export interface FieldTools {
  /** How the values of a key are written, and of a number inside a dict. */
  format: (key: string) => KeyFormat;
  /** Finds samples like this one by a value; null where none would. */
  similar: (key: string, value: Value) => Offer | null;
  /** Finds the lists that have an element. */
  sharing: (key: string, element: Value) => Offer | null;
}
