/** Answers a grid's requests from what a page has in it; see `src/framegrid/grid/answers/answers.py`. */

import type { RowArray } from "../collection/types";
import type {
  ArrayHeader,
  ArraySpec,
  CodesHeader,
  Condition,
  CutReply,
  Description,
  DifferencesReply,
  ErrorHeader,
  Picture,
  Request,
  Requests,
  Tile,
  Traits,
  Value,
} from "../protocol";
import { isSame } from "../values/conditions";
import { SampleSet } from "../values/sampleset";
import { sortKeys, sortsOf } from "../values/sort";
import { cut, type Ranking, ranking } from "./cutting";
import { differences } from "./differing";
import { order } from "./orders";
import { passing } from "./passing";
import { encodeElements, encodeRange, encodeText, encodeValues } from "./savedarrays";
import { sections } from "./sections";
import { SavedTable, type SavedColumn } from "./table";

/** A picture with its data in base64, or why there is none. */
export type SavedPicture =
  { mime: string; width: number; height: number; data: string } | { error: string };

export interface SavedData {
  traits: Traits;
  description: Description;
  ids: number[];
  /** Fields and metadata, in the order of the detail view. */
  columns: SavedColumn[];
  fields: string[];
  /** By filter key. */
  headers: Record<string, CodesHeader | ErrorHeader>;
  /** Rows that pass the filters that only the kernel can evaluate, by key. */
  masks: Record<string, { condition: Condition; rows: number[] }>;
  /** By sample id, as many as there was room for. */
  pictures: Record<string, SavedPicture>;
  /** What there was no room for; may be empty. */
  notice: string;
}

export interface Answer {
  part?: object;
  ok: object;
  buffers: ArrayBufferView[];
}

export class SavedKernel {
  readonly #data: SavedData;
  readonly #table: SavedTable;
  /** By keys, which may have any name. */
  readonly #headers: Map<string, CodesHeader | ErrorHeader>;
  readonly #masks: Map<string, SavedData["masks"][string]>;
  /** What the last cut went through. */
  #ranked: { of: string; ranking: Ranking } | undefined;

  constructor(data: SavedData) {
    this.#data = data;
    this.#headers = new Map(Object.entries(data.headers));
    this.#masks = new Map(Object.entries(data.masks));
    this.#table = new SavedTable(data.ids, data.columns);
  }

  /** Throws when there is no answer without the real kernel. */
  answer(request: Request): Answer {
    switch (request.type) {
      case "ready":
        return { ok: { ...this.#data.description, pieces: [] }, buffers: [] };
      case "arrays":
        return this.#arrays(request.arrays);
      case "tiles":
        return this.#tiles(request);
      case "sample":
        return { ok: this.#detail(request.sample_id), buffers: [] };
      case "picture": {
        const buffers: Uint8Array[] = [];
        return { ok: { picture: this.#picture(request.sample_id, buffers) }, buffers };
      }
      case "cut":
        return { ok: this.#cut(request), buffers: [] };
      case "differences":
        return { ok: this.#differences(request), buffers: [] };
      case "stale":
        return { ok: { keys: {} }, buffers: [] };
      case "code":
        throw new Error("the page has no dataset: open the notebook to copy this as code");
      default:
        return { ok: {}, buffers: [] };
    }
  }

  #arrays(specs: ArraySpec[]): Answer {
    const arrays = specs.map((spec) => this.#array(spec));
    const pieces = arrays.map(([data, header], index) => ({
      index,
      dtype: DTYPES.get(data.constructor)!,
      start: 0,
      stop: data.length,
      header,
      buffer: index,
    }));
    return { ok: { stale: false, pieces }, buffers: arrays.map(([data]) => data) };
  }

  #array(spec: ArraySpec): [RowArray, ArrayHeader] {
    switch (spec.of) {
      case "ids":
        return [Float64Array.from(this.#data.ids), { kind: "rows" }];
      case "order":
        return [order(spec.sort, this.#table), { kind: "rows" }];
      case "sections":
        return this.#sections(spec.group);
      case "codes":
        return this.#codes(spec.key, spec.extra);
      case "mask":
        return [this.#mask(spec.key, spec.condition), { kind: "mask" }];
    }
  }

  #sections(group: string): [RowArray, ArrayHeader] {
    try {
      return sections(group, this.#table, (key) => {
        const header = this.#headers.get(key);
        return header?.kind === "error" ? undefined : header;
      });
    } catch (error) {
      const { message } = error as Error;
      return [new Uint8Array(this.#data.ids.length), { kind: "error", message }];
    }
  }

  #codes(key: string, extra: number[]): [RowArray, ArrayHeader] {
    const header = this.#headers.get(key);
    if (!header || header.kind === "error") {
      const message = header?.message ?? "the page has nothing of this key";
      return [new Uint8Array(this.#data.ids.length), { kind: "error", message }];
    }
    if (header.kind !== "range") {
      const values = this.#data.ids.map((_, row) => this.#table.value(key, row));
      if (header.kind === "values") return [encodeValues(values, header.values), header];
      return [header.kind === "text" ? encodeText(values) : encodeElements(values, header), header];
    }
    const added = extra.filter((edge) => !header.edges.includes(edge)).sort((a, b) => a - b);
    const edges = [...header.edges, ...added].sort((a, b) => a - b);
    return [encodeRange(this.#table.comparables(key), edges), { ...header, edges, extra: added }];
  }

  #mask(key: string, condition: Condition): Uint8Array {
    const saved = this.#masks.get(key);
    const mask = new Uint8Array(this.#data.ids.length);
    if (saved && isSame(saved.condition, condition)) {
      for (const row of saved.rows) mask[row] = 1;
      return mask;
    }
    return passing(this.#table, key, condition);
  }

  #cut(body: Requests["cut"]["body"]): CutReply {
    const header = this.#headers.get(body.key);
    if (header?.kind !== "range") throw new Error(`a cut goes through numbers, not ${body.key}`);
    const of = JSON.stringify([body.key, body.filters, body.rows]);
    if (this.#ranked?.of !== of) this.#ranked = { of, ranking: this.#rank(body) };
    return cut(this.#ranked.ranking, header, body);
  }

  #rank({ key, ...asked }: Requests["cut"]["body"]): Ranking {
    return ranking(this.#table.comparables(key), this.#data.ids, this.#passing(asked));
  }

  #passing({ filters, rows }: Pick<Requests["cut"]["body"], "filters" | "rows">): Uint8Array {
    const passes = this.#among(rows ?? null);
    for (const [filtered, condition] of Object.entries(filters)) {
      this.#mask(filtered, condition).forEach((passing, row) => (passes[row] &= passing));
    }
    return passes;
  }

  /** By row, 1 for these samples; null is all. */
  #among(packed: Traits["rows"]): Uint8Array {
    const chosen = packed === null ? null : SampleSet.unpack(packed);
    return Uint8Array.from(this.#data.ids, (id) => Number(!chosen || chosen.has(id)));
  }

  #differences({ selected, ...asked }: Requests["differences"]["body"]): DifferencesReply {
    const chosen = this.#among(selected);
    const isChosen = chosen.includes(1);
    const keys = this.#data.description.columns.map(({ key }) => key);
    return differences(
      isChosen ? keys : keys.filter((key) => !Object.hasOwn(asked.filters, key)),
      (key) => this.#codes(key, []),
      isChosen ? chosen : this.#passing(asked),
    );
  }

  #tiles({ sample_ids, size, captions, sort }: Requests["tiles"]["body"]): Answer {
    const buffers: Uint8Array[] = [];
    const keys = sortKeys(sortsOf(sort), this.#table.has);
    const tiles = sample_ids.map((id): Tile => {
      const value = (name: string): Value =>
        name === "sample_id" ? id : this.#table.value(name, this.#table.row(id) ?? -1);
      return {
        sample_id: id,
        name: String(value("file_name")),
        captions: captions.map(value),
        sorted: keys.map(value),
      };
    });
    const pictured = size ? sample_ids : [];
    const pictures = pictured.map((id) => this.#picture(id, buffers));
    return { part: { tiles, pictures }, ok: {}, buffers };
  }

  #detail(id: number): Requests["sample"]["ok"] {
    const row = this.#table.row(id) ?? -1;
    const fields: [string, Value][] = [["sample_id", id]];
    const metadata: [string, string, Value][] = [];
    for (const { key, type, values } of this.#data.columns) {
      if (this.#data.fields.includes(key)) fields.push([key, values[row] ?? null]);
      else if ((values[row] ?? null) !== null) metadata.push([key, type, values[row]]);
    }
    return { fields, metadata };
  }

  #picture(id: number, buffers: Uint8Array[]): Picture {
    const saved = this.#data.pictures[id] ?? { error: "not in this file" };
    if ("error" in saved) {
      return { sample_id: id, error: saved.error, mime: "", width: 0, height: 0, buffer: -1 };
    }
    const { mime, width, height, data } = saved;
    buffers.push(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)));
    return { sample_id: id, error: null, mime, width, height, buffer: buffers.length - 1 };
  }
}

const DTYPES = new Map<unknown, "uint8" | "uint16" | "uint32" | "float64">([
  [Uint8Array, "uint8"],
  [Uint16Array, "uint16"],
  [Uint32Array, "uint32"],
  [Float64Array, "float64"],
]);
