import { describe, expect, it, vi } from "vitest";
import { type Channel, RequestChannel, toDataView } from "../src/requests";
import { FakeChannel } from "./channel";

function open(fake: FakeChannel, onPush = vi.fn()): RequestChannel {
  return new RequestChannel(fake as unknown as Channel, onPush);
}

describe("RequestChannel", () => {
  it("settles each request by its own reply", async () => {
    const fake = new FakeChannel();
    const channel = open(fake);
    const first = channel.request("sample", { sample_id: 1 });
    const second = channel.request("sample", { sample_id: 2 });
    fake.receive({ reply: fake.sent[1].id, ok: { fields: [["sample_id", 2]] } });
    fake.receive({ reply: fake.sent[0].id, error: "no sample 1" });
    await expect(first).rejects.toThrow("no sample 1");
    expect((await second).ok.fields).toEqual([["sample_id", 2]]);
  });

  it("hands parts over before the reply", async () => {
    const fake = new FakeChannel((request, channel) => {
      channel.receive({ reply: request.id, part: { tiles: [], pictures: [] } }, [
        new Uint8Array([7]),
      ]);
      channel.receive({ reply: request.id, ok: {} });
    });
    const parts: number[] = [];
    const body = { sample_ids: [1], size: 128, captions: [], sort: "" };
    await open(fake).request("tiles", body, {
      onPart: (_, buffers) => parts.push(buffers[0].getUint8(0)),
    });
    expect(parts).toEqual([7]);
  });

  it("tells the kernel of an aborted request and rejects it", async () => {
    const fake = new FakeChannel();
    const abort = new AbortController();
    const asked = open(fake).request("ready", {}, { signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
    expect(fake.sent[1]).toMatchObject({ type: "cancel", target: fake.sent[0].id });
  });

  it("says what to do when the kernel is gone", async () => {
    const fake = new FakeChannel(() => {
      throw new Error("Cannot send");
    });
    await expect(open(fake).request("ready", {})).rejects.toThrow("run the cell again");
  });

  it("does not cancel what was answered", async () => {
    const fake = new FakeChannel((request, channel) =>
      channel.receive({ reply: request.id, ok: {} }),
    );
    const abort = new AbortController();
    await open(fake).request("ready", {}, { signal: abort.signal });
    abort.abort();
    expect(fake.sent).toHaveLength(1);
  });

  it("ignores replies to other pages", () => {
    const fake = new FakeChannel();
    open(fake);
    expect(() => fake.receive({ reply: "elsewhere-0", ok: {} })).not.toThrow();
  });

  it("passes pushes on", () => {
    const fake = new FakeChannel();
    const onPush = vi.fn();
    open(fake, onPush);
    fake.receive({ push: "changed", revision: 3 });
    expect(onPush).toHaveBeenCalledWith({ push: "changed", revision: 3 });
  });

  it("rejects what is open and stops listening when closed", async () => {
    const fake = new FakeChannel();
    const channel = open(fake);
    const asked = channel.request("ready", {});
    channel.close();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
    expect(fake.listening).toBe(false);
  });
});

describe("toDataView", () => {
  it("honours the offset of a view into a larger buffer", () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const views = [bytes.subarray(1, 3), new DataView(bytes.buffer, 1, 2)].map(toDataView);
    expect(views.map((view) => [view.byteLength, view.getUint8(0)])).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(toDataView(bytes.buffer).byteLength).toBe(4);
  });
});
