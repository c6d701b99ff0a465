import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Channel, RequestChannel, toDataView } from "../../src/kernel/requests";
import { FakeChannel } from "../channel";

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
    fake.receive({ push: "notice", message: "look", problem: false });
    expect(onPush).toHaveBeenCalledWith({ push: "notice", message: "look", problem: false });
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

describe("a connection that loses messages", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A kernel that answers while it is connected. */
  function kernel(): { fake: FakeChannel; connect: (on: boolean) => void } {
    let connected = false;
    const fake = new FakeChannel(({ id, type }, channel) => {
      const ok = type === "sample" ? { fields: [["width", 9]] } : {};
      if (connected) void Promise.resolve().then(() => channel.receive({ reply: id, ok }));
    });
    return { fake, connect: (on) => (connected = on) };
  }

  it("asks again, once the kernel answers", async () => {
    const { fake, connect } = kernel();
    const silences: boolean[] = [];
    const channel = new RequestChannel(fake as unknown as Channel, vi.fn(), (silent) =>
      silences.push(silent),
    );
    const asked = channel.request("sample", { sample_id: 1 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.sent.filter(({ type }) => type === "sample")).toHaveLength(1);
    expect(silences.at(-1)).toBe(true);
    connect(true);
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await asked).ok.fields).toEqual([["width", 9]]);
    expect(silences.at(-1)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("asks soon again before it has heard anything, for the first may wait for a cell", async () => {
    const { fake, connect } = kernel();
    const asked = open(fake).request("sample", { sample_id: 1 });
    connect(true);
    await vi.advanceTimersByTimeAsync(200);
    expect((await asked).ok.fields).toEqual([["width", 9]]);
  });

  it("asks a silent kernel less and less often", async () => {
    const { fake } = kernel();
    const channel = open(fake);
    channel.request("ready", {}).catch(() => {});
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(fake.sent.length).toBeLessThan(300);
    channel.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("asks nothing any more once its only request is aborted", async () => {
    const { fake } = kernel();
    const abort = new AbortController();
    open(fake)
      .request("ready", {}, { signal: abort.signal })
      .catch(() => {});
    abort.abort();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.sent.map(({ type }) => type)).toEqual(["ready", "cancel"]);
  });

  it("gives up on what always gets lost", async () => {
    const fake = new FakeChannel(({ id, type }, channel) => {
      if (type === "cancel") channel.receive({ reply: id, ok: {} });
    });
    const asked = open(fake).request("ready", {});
    const refused = expect(asked).rejects.toThrow("got lost");
    await vi.advanceTimersByTimeAsync(60_000);
    await refused;
    expect(fake.sent.filter(({ type }) => type === "ready")).toHaveLength(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not ask twice what only takes long", async () => {
    const slow = new FakeChannel((request, channel) => {
      if (request.type === "cancel") channel.receive({ reply: request.id, ok: {} });
    });
    const channel = open(slow);
    channel.request("ready", {}).catch(() => {});
    for (let second = 0; second < 10; second++) {
      slow.receive({ push: "notice", message: "still at it", problem: false });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(slow.sent).toHaveLength(1);
    channel.close();
  });

  it("tells at once of a kernel that was restarted", async () => {
    const fake = new FakeChannel(() => {
      throw new Error("Comm is disposed");
    });
    const onPush = vi.fn();
    const channel = open(fake, onPush);
    fake.restart();
    await vi.advanceTimersByTimeAsync(0);
    const [[{ message }]] = onPush.mock.calls;
    expect(message).toContain("run the cell again");
    channel.close();
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
