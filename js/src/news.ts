/** The dataset as the kernel has it now, with the arrays that are other than before. */

import { type PulledArray, wholeArray } from "./arrays";
import type { EngineArray } from "./holdings";
import { type Description, PROTOCOL_VERSION } from "./protocol";
import type { RequestChannel } from "./requests";

const OTHER_VERSION =
  "page and kernel run different versions of framegrid: restart the kernel, then reload the page";

/** What the browser has, and the versions of the keys that it is made of. */
export interface Held {
  versions: Description["versions"];
  arrays: EngineArray[];
}

export interface News {
  description: Description;
  /** By `nameOf` what was asked for. */
  arrays: Map<string, PulledArray>;
}

const NOTHING: Held = { versions: {}, arrays: [] };

/** Asks for the description, and for what is held as it is now: as much as one message holds. */
export async function askForNews(channel: RequestChannel, held = NOTHING): Promise<News> {
  const { ok, buffers } = await channel.request("ready", held);
  const { pieces, ...description } = ok;
  if (description.protocol !== PROTOCOL_VERSION) throw new Error(OTHER_VERSION);
  const arrays = new Map<string, PulledArray>();
  for (const piece of pieces) {
    arrays.set(nameOf(held.arrays[piece.index]), wholeArray(piece, buffers));
  }
  return { description, arrays };
}

export function nameOf(spec: EngineArray): string {
  return JSON.stringify(spec);
}
