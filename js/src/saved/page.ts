/** A page that `save_html` wrote: its data stands in two script elements. */

import { SavedModel } from "./model";

const DATA = "framegrid-data";
const PICTURES = "framegrid-pictures";
const BORDERS_PX = 2;

/** The model of the page that this runs in; undefined where it is a notebook. */
export async function savedModel(): Promise<SavedModel | undefined> {
  const packed = document.getElementById(DATA);
  if (!packed) return undefined;
  const data = JSON.parse(await unpack(packed.textContent ?? ""));
  const pictures = JSON.parse(document.getElementById(PICTURES)?.textContent ?? "{}");
  const model = new SavedModel({ ...data, pictures });
  addEventListener("resize", () => fill(model));
  fill(model);
  return model;
}

function fill(page: SavedModel): void {
  page.set("height", innerHeight - BORDERS_PX);
}

async function unpack(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}
