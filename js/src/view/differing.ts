/** What the components see of how samples differ from the others. */

import type { KeyDifference } from "../protocol";

/** How the samples that show, or those selected, differ from all others. */
export interface DifferingAnswer {
  readonly inside: number;
  readonly outside: number;
  /** Whether they are those selected. */
  readonly isSelection: boolean;
  /** By key, the surest difference first; none where a side is empty. */
  readonly byKey: ReadonlyMap<string, KeyDifference>;
}

export interface DifferingView {
  /** Whether it is wanted. A state of this browser. */
  on: boolean;
  /** Null before the first answer; the last one while filters move. */
  readonly answer: DifferingAnswer | null;
  /** Asks anew once filters and selection rest; an effect that calls it runs again when they change. */
  follow(): void;
}
