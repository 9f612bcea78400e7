import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { StoredCheckpoint } from "../core/checkpoint.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";

/** SHA-256 in hexadecimal: the address of a checkpoint. */
export function checkpointAddress(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Whether a text can be such an address; what a stranger's database says may be "../..". */
export function isCheckpointAddress(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
}

/**
 * The bytes of a checkpoint, over a buffer of their own, as they were stored. Needs no store, so that a slot reads them itself.
 * @throws HpoError CHECKPOINT_LOST where the file is missing, is a link or no file, or holds other bytes, CHECKPOINT_UNREADABLE where the disk does not give
 * it.
 */
export function checkpointBytes({ trial, sha256, size, content }: StoredCheckpoint): Uint8Array {
  if (typeof content !== "string") return new Uint8Array(content);
  if (!isCheckpointAddress(sha256)) throw lost(trial, `its row names ${showValue(sha256)}, which is no SHA-256`);
  let bytes: Uint8Array;
  try {
    const read = contentOf(content, trial, size);
    // Node takes the bytes of a small file from a buffer that others use too; a large one is not copied.
    bytes = read.length === read.buffer.byteLength ? new Uint8Array(read.buffer) : new Uint8Array(read);
  } catch (cause) {
    if (cause instanceof HpoError) throw cause;
    const code = String((cause as NodeJS.ErrnoException).code);
    if (code === "ENOENT" || code === "ENOTDIR") throw lost(trial, `its file ${content} is missing`, cause);
    if (code === "ELOOP") throw lost(trial, `its file ${content} is a link`, cause);
    if (code === "EISDIR") throw lost(trial, `its file ${content} is a folder`, cause);
    throw new HpoError(
      "CHECKPOINT_UNREADABLE",
      `The checkpoint of trial ${trial} can't be read from ${content} (${code}); check the disk and the rights of the file, and run the same command again.`,
      { data: { trial, file: content }, cause },
    );
  }
  if (checkpointAddress(bytes) !== sha256) throw lost(trial, `its file ${content} is damaged (it has another SHA-256)`);
  return bytes;
}

/** Only what is a file of that size is read: a pipe would never end, and neither would a device. */
function contentOf(file: string, trial: number, size: number): Buffer<ArrayBuffer> {
  // Windows has neither of the last two, nor a need of them: undefined adds no bit.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const open = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const status = fstatSync(open);
    if (!status.isFile() && !status.isDirectory()) throw lost(trial, `its file ${file} is no file`);
    if (status.isFile() && status.size !== size) throw lost(trial, `its file ${file} must have ${size} bytes; it has ${status.size}`);
    return readFileSync(open);
  } finally {
    closeSync(open);
  }
}

/** `why` completes "…, since". */
export function lost(trial: number, why: string, cause?: unknown): HpoError {
  return new HpoError("CHECKPOINT_LOST", `The checkpoint of trial ${trial} can't be had, since ${why}.`, { data: { trial }, cause });
}
