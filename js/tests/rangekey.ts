/** A key of numbers and how its values are written, for tests. */

import { KeyFormat } from "../src/values/keyformat";
import type { RangeHeader } from "../src/protocol";

export const keyed = (type: string): KeyFormat => new KeyFormat({ key: "k", type, ends: null });

export const RANGE: RangeHeader = {
  kind: "range",
  number: "float",
  utc: false,
  edges: [0.01, 0.1, 1, 10, 100],
  extra: [],
  log: true,
  knee: 0,
  missing: 1,
  negative_infinite: 0,
  positive_infinite: 2,
};
