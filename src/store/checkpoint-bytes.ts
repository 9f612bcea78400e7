import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { StoredCheckpoint } from "../core/checkpoint.ts";
import { HpoError } from "../core/hpo-error.ts";

/** SHA-256 in hexadecimal: the address of a checkpoint. */
export function checkpointAddress(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * The bytes of a checkpoint, over a buffer of their own, as they were stored. Needs no store, so that a slot reads them itself.
 * @throws HpoError CHECKPOINT_LOST where the file is missing or holds other bytes, CHECKPOINT_UNREADABLE where the disk does not give it.
 */
export function checkpointBytes({ trial, sha256, size, content }: StoredCheckpoint): Uint8Array {
  if (typeof content !== "string") return new Uint8Array(content);
  let bytes: Uint8Array;
  try {
    const read = readFileSync(content);
    // Node takes the bytes of a small file from a buffer that others use too; a large one is not copied.
    bytes = read.length === read.buffer.byteLength ? new Uint8Array(read.buffer) : new Uint8Array(read);
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (code === "ENOENT" || code === "ENOTDIR") throw lost(trial, `its file ${content} is missing`, cause);
    if (code === "EISDIR") throw lost(trial, `its file ${content} is a folder`, cause);
    throw new HpoError(
      "CHECKPOINT_UNREADABLE",
      `The checkpoint of trial ${trial} can't be read from ${content} (${code}); check the disk and the rights of the file, and run the same command again.`,
      { data: { trial, file: content }, cause },
    );
  }
  if (bytes.length !== size) throw lost(trial, `its file ${content} must have ${size} bytes; it has ${bytes.length}`);
  if (checkpointAddress(bytes) !== sha256) throw lost(trial, `its file ${content} is damaged (it has another SHA-256)`);
  return bytes;
}

/** `why` completes "…, since". */
export function lost(trial: number, why: string, cause?: unknown): HpoError {
  return new HpoError("CHECKPOINT_LOST", `The checkpoint of trial ${trial} can't be had, since ${why}.`, { data: { trial }, cause });
}
