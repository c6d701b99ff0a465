/** The dataset as the kernel has it now, with the arrays that are other than before. */

import { keysOf, wholeArray } from "./arrays";
import type { Arrived, Described, EngineArray, Held, Update } from "./types";
import { PROTOCOL_VERSION } from "../protocol";
import type { RequestChannel } from "../kernel/requests";

const OTHER_VERSION =
  "page and kernel run different versions of framegrid: restart the kernel, then reload the page";

const NOTHING: Held = { versions: new Map(), arrays: [] };

/** Asks for the description, and for what is held as it is now: as much as one message holds. */
export async function askForUpdate(channel: RequestChannel, held = NOTHING): Promise<Update> {
  const versions = Object.fromEntries(held.versions);
  const { ok, buffers } = await channel.request("ready", { versions, arrays: held.arrays });
  const { pieces, ...description } = ok;
  if (description.protocol !== PROTOCOL_VERSION) throw new Error(OTHER_VERSION);
  const arrays = pieces.map((piece): Arrived => [
    held.arrays[piece.index],
    wholeArray(piece, buffers),
  ]);
  const known = new Map(Object.entries(description.versions));
  return { description: { ...description, versions: known }, arrays };
}

/** Whether all that an array is made of is the same in two descriptions. */
export function isCurrent(spec: EngineArray, a: Described, b: Described): boolean {
  return keysOf(spec, (key) => b.versions.has(key)).every((key) => hasSameValues(a, b, key));
}

/** Whether a key has the same values in two descriptions; `sample_id` tells of the rows. */
export function hasSameValues(a: Described, b: Described, key: string): boolean {
  const version = a.versions.get(key);
  return a.revision === b.revision || (version !== undefined && version === b.versions.get(key));
}
