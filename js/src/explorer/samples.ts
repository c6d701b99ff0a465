/** One sample, asked of the kernel. */

import type { RequestChannel } from "../kernel/requests";
import type { Detail, LargePicture, SampleView } from "../view";
import { toDataUrl } from "./dataurl";

export class Samples implements SampleView {
  readonly #channel: RequestChannel;

  constructor(channel: RequestChannel) {
    this.#channel = channel;
  }

  async detail(sampleId: number): Promise<Detail> {
    return (await this.#channel.request("sample", { sample_id: sampleId })).ok;
  }

  async picture(sampleId: number, px: number): Promise<LargePicture> {
    const body = { sample_id: sampleId, size: px };
    const { ok, buffers } = await this.#channel.request("picture", body);
    const { error, mime, width, height, buffer } = ok.picture;
    if (error !== null) throw new Error(error);
    return { url: toDataUrl(buffers[buffer], mime), width, height };
  }
}
