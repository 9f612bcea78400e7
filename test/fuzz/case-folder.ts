import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";

/** One folder of this process, removed at its end: every case writes its files over those of the last one. */
let folder: string | undefined;

export function caseFolder(): string {
  if (folder === undefined) {
    // A hundred thousand files are no task for a disk.
    const made = mkdtempSync(path.join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hpo-fuzz-"));
    process.on("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}

export function writeCase(name: string, content: string | Uint8Array): string {
  const file = path.join(caseFolder(), name);
  writeFileSync(file, content);
  return file;
}

/** What is done to bytes before they are read. */
export type ByteChange = readonly [
  kind:
    | "none"
    | "gzip"
    | "gzip twice"
    | "gzip cut"
    | "gzip flipped"
    | "gzip and rubbish"
    | "cut"
    | "flipped"
    | "put in"
    | "doubled"
    | "nul",
  place: number,
  value: number,
];

export const byteChange: fc.Arbitrary<ByteChange> = fc.tuple(
  fc.oneof(
    { weight: 10, arbitrary: fc.constant("none" as const) },
    { weight: 2, arbitrary: fc.constantFrom("gzip" as const, "gzip twice" as const) },
    { weight: 1, arbitrary: fc.constantFrom("gzip cut" as const, "gzip flipped" as const, "gzip and rubbish" as const) },
    { weight: 1, arbitrary: fc.constantFrom("cut" as const, "flipped" as const, "put in" as const, "doubled" as const, "nul" as const) },
  ),
  fc.noShrink(fc.nat()),
  fc.noShrink(fc.nat()),
);

/** The bytes as they lie in the file. */
export function changedBytes(bytes: Uint8Array, [kind, place, value]: ByteChange): Uint8Array {
  const zipped = (): Buffer => gzipSync(bytes, { level: 1 });
  switch (kind) {
    case "none":
      return bytes;
    case "gzip":
      return zipped();
    // Two members, one after the other, are one stream (RFC 1952, section 2.2).
    case "gzip twice": {
      const half = bytes.length === 0 ? 0 : place % bytes.length;
      return Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))]);
    }
    case "gzip cut":
      return cut(zipped(), place);
    case "gzip flipped":
      return flipped(zipped(), place, value);
    case "gzip and rubbish":
      return Buffer.concat([zipped(), Buffer.from(["rubbish", "\0\0\0", "\u001f", "\u001f\u008b"][value % 4] as string, "latin1")]);
    case "cut":
      return cut(bytes, place);
    case "flipped":
      return flipped(bytes, place, value);
    case "put in": {
      const at = place % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(value % 256), bytes.subarray(at)]);
    }
    case "doubled":
      return Buffer.concat([bytes, bytes]);
    case "nul":
      return Buffer.concat([bytes, Buffer.alloc(1 + (value % 9))]);
  }
}

function cut(bytes: Uint8Array, place: number): Uint8Array {
  return bytes.subarray(0, place % (bytes.length + 1));
}

function flipped(bytes: Uint8Array, place: number, value: number): Uint8Array {
  const result = Uint8Array.from(bytes);
  const at = place % Math.max(1, result.length);
  if (result.length > 0) result[at] = (result[at] as number) ^ (1 << (value % 8));
  return result;
}
