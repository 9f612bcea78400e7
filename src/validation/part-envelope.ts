import type { PartResult } from "../core/estimator.ts";

/** A durable part as it is stored: the answer's bytes and the seconds that belong to single requests, those of passing parts that it was the last to read included. */
export interface PartEnvelope {
  readonly bytes: Uint8Array;
  readonly own: PartResult["own"];
  /** CPU seconds a wall second of the part; null where CPU time could not be measured. */
  readonly cpuRate: number | null;
}

const magic = 0x31_50_48; // "HP1"

/**
 * Layout: magic (u32), length of the answer (u32), length of the JSON (u32), the answer, the JSON of `own` and `cpuRate`;
 * little-endian. The answer's bits depend on the part alone; the seconds are measured.
 */
export function sealPart({ bytes, own, cpuRate }: PartEnvelope): Uint8Array {
  const times = new TextEncoder().encode(
    JSON.stringify({ cpuRate, own: own.map((o) => [o.request, o.fold, o.fitSeconds, o.predictSeconds]) }),
  );
  const sealed = new Uint8Array(12 + bytes.length + times.length);
  const view = new DataView(sealed.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, bytes.length, true);
  view.setUint32(8, times.length, true);
  sealed.set(bytes, 12);
  sealed.set(times, 12 + bytes.length);
  return sealed;
}

/** Opens what `sealPart` made; undefined where the bytes are not whole, so that the part is computed again. */
export function openPart(sealed: Uint8Array): PartEnvelope | undefined {
  if (sealed.length < 12) return undefined;
  const view = new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const answerLength = view.getUint32(4, true);
  const timesLength = view.getUint32(8, true);
  if (view.getUint32(0, true) !== magic || sealed.length !== 12 + answerLength + timesLength) return undefined;
  const times = timesOf(sealed.subarray(12 + answerLength));
  if (times === undefined) return undefined;
  const { cpuRate, own } = times;
  return {
    bytes: sealed.subarray(12, 12 + answerLength),
    own: own.map(([request, fold, fitSeconds, predictSeconds]) => ({ request, fold, fitSeconds, predictSeconds })),
    cpuRate,
  };
}

function timesOf(bytes: Uint8Array): { cpuRate: number | null; own: [number, number, number, number][] } | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as ReturnType<typeof timesOf>;
  } catch {
    // Damaged: the part is computed again.
    return undefined;
  }
}
