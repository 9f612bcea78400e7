import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bufferOf, copiedMessage, newStore, openMessage } from "#hpo/workers/copied-message";
import { type Frame, frameReader, messageFrames } from "#hpo/workers/message-frames";
import { growTo, type SharedMemory, sharedMemory } from "#hpo/core/shared-memory";

/** There and back, in frames. */
function copy(value: unknown): unknown {
  const read = frameReader();
  let last: { readonly message: unknown } | undefined;
  for (const frame of messageFrames("test", copiedMessage(value))) {
    expect(last).toBeUndefined();
    // As a channel hands them over: bytes of its own.
    const sent: Frame =
      "bytes" in frame && typeof frame.bytes !== "number" ? ({ ...frame, bytes: Uint8Array.from(frame.bytes) } as Frame) : frame;
    last = read(sent);
  }
  return last?.message;
}

describe("a copied message", () => {
  it("is what structuredClone gives, for plain data", () => {
    const plain = fc.anything({
      withMap: true,
      withSet: true,
      withDate: true,
      withTypedArray: true,
      withBigInt: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(plain, (value) => {
        expect(copy(value)).toStrictEqual(structuredClone(value));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("keeps what stands twice, and what holds itself", () => {
    const buffer = new ArrayBuffer(16);
    const one: Record<string, unknown> = {
      head: new Uint8Array(buffer, 0, 4),
      tail: new Float32Array(buffer, 8, 2),
      view: new DataView(buffer, 1, 3),
    };
    one["self"] = one;
    const back = copy([one, one]) as [Record<string, unknown>, unknown];
    expect(back[0]).toBe(back[1]);
    expect(back[0]["self"]).toBe(back[0]);
    const { head, tail, view } = back[0] as { head: Uint8Array; tail: Float32Array; view: DataView };
    expect(tail.buffer).toBe(head.buffer);
    expect(view.buffer).toBe(head.buffer);
    expect([view.byteOffset, view.byteLength, tail.byteOffset, tail.length]).toEqual([1, 3, 8, 2]);
  });

  it("carries shared buffers and memories wherever they stand, as shared ones", () => {
    const buffer = new SharedArrayBuffer(40);
    new Uint8Array(buffer).set([1, 2, 3]);
    const memory = sharedMemory(100);
    const early = new Float64Array(memory.buffer, 64, 3).fill(1.5);
    growTo(memory, 1e6);
    const value = {
      list: [buffer, new Map([[buffer, new Set([memory])]])],
      early,
      late: new Uint8Array(memory.buffer, 0, 8),
      ["__proto__"]: null,
    };
    const back = copy({ ...value, self: value }) as typeof value;
    const [first, map] = back.list as unknown as [SharedArrayBuffer, Map<SharedArrayBuffer, Set<SharedMemory>>];
    expect(first).toBeInstanceOf(SharedArrayBuffer);
    expect(new Uint8Array(first)).toEqual(new Uint8Array(buffer));
    const [[key, set]] = [...map] as [[SharedArrayBuffer, Set<SharedMemory>]];
    expect(key).toBe(first);
    const [held] = [...set] as [SharedMemory];
    expect(Object.prototype.toString.call(held)).toBe("[object WebAssembly.Memory]");
    expect(back.early).toEqual(early);
    expect(back.early.buffer).toBe(held.buffer);
    expect(back.late.buffer).toBe(held.buffer);
    // As far as arrays reach, and not what is behind.
    expect(held.buffer.byteLength).toBe(65536);
    expect(back.early.buffer).not.toBe(early.buffer);
  });

  it("sends stores in pieces, the bytes of shared arrays in place", () => {
    const large = new Float64Array(new SharedArrayBuffer(5e6)).fill(3);
    const frames = [...messageFrames("run", copiedMessage({ large }))];
    expect(frames.map(({ frame }) => frame)).toEqual(["store", "piece", "piece", "piece", "piece", "piece", "payload"]);
    expect(frames.slice(1, -1).every((frame) => "bytes" in frame && (frame.bytes as Uint8Array).buffer === large.buffer)).toBe(true);
    const back = copy({ large }) as { large: Float64Array };
    expect(Buffer.compare(Buffer.from(back.large.buffer), Buffer.from(large.buffer))).toBe(0);
  });

  it("refuses what can't be copied, and payloads of somebody else", () => {
    expect(() => copiedMessage(() => 1)).toThrow(/could not be cloned/);
    expect(() =>
      copiedMessage(
        new (class {
          held = new SharedArrayBuffer(8);
          get [Symbol.toStringTag]() {
            return "Own";
          }
        })(),
      ),
    ).toThrow(/could not be cloned/);
    expect(() => openMessage(Uint8Array.of(1, 2, 3), [])).toThrow("Unable to deserialize cloned data");
    const { payload } = copiedMessage({ one: new Uint8Array(new SharedArrayBuffer(8)) });
    expect(() => openMessage(payload, [])).toThrow("A message names shared memory that did not come with it.");
    expect(bufferOf(newStore({ memory: true, bytes: 70_000 })).byteLength).toBe(131_072);
  });
});
