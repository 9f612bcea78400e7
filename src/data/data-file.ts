import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { HpoError } from "../core/hpo-error.ts";
import { showPath } from "../core/options.ts";
import { dataError, rowSource } from "./data-source.ts";

/** A file of data: how the person wrote it, who reads it, and where it lies. */
export interface DataFile {
  readonly reader: string;
  readonly file: string;
  readonly path: string;
}

const chunkBytes = 256 * 1024;

/** A path that is not absolute is relative to `folder`. */
export function dataFile(reader: string, file: string, folder: string): DataFile {
  return { reader, file, path: path.resolve(folder, file) };
}

/**
 * The bytes of a file in chunks, decompressed where they begin with gzip's magic number, whatever the file is called.
 * @throws HpoError DATA_NOT_FOUND; DATA_INVALID for a folder, a file without permission and a broken gzip stream.
 */
export async function* readBytes(file: DataFile): AsyncGenerator<Uint8Array, undefined> {
  const head = await firstRawBytes(file, 2);
  const zipped = isGzip(head);
  const raw = createReadStream(file.path, { highWaterMark: chunkBytes });
  // The callback form passes a failure on to the last stream, which the loop below reads.
  const stream = zipped ? pipeline(raw, createGunzip({ chunkSize: chunkBytes }), () => undefined) : raw;
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    throw fileError(file, cause, raw.bytesRead);
  } finally {
    raw.destroy();
  }
}

/** DEFLATE makes a byte of at most 1032 (RFC 1951: a length code of one bit and a distance code of one bit give 258 bytes). */
const mostInflated = 1032;

/** A number of bytes that a file can't exceed, decompressed. */
export async function mostBytes(file: DataFile): Promise<number> {
  const head = await firstRawBytes(file, 2);
  const { size } = await stat(file.path);
  return isGzip(head) ? size * mostInflated : size;
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The first bytes of a file after decompression; fewer where it is shorter. */
export async function firstBytes(file: DataFile, count: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readBytes(file)) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= count) break;
  }
  return Buffer.concat(parts).subarray(0, count);
}

async function firstRawBytes(file: DataFile, count: number): Promise<Uint8Array> {
  try {
    const found = await stat(file.path);
    if (!found.isFile() && !found.isDirectory()) {
      // A pipe may never be written to, and a device never ends.
      throw dataError(rowSource(file.reader, file.file), {}, `it must be a file; ${showPath(file.path)} is a pipe, a socket or a device.`);
    }
    const handle = await open(file.path, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileError(file, cause, 0);
  }
}

function fileError(file: DataFile, cause: unknown, bytesRead: number): unknown {
  if (cause instanceof HpoError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  const source = rowSource(file.reader, file.file);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new HpoError(
      "DATA_NOT_FOUND",
      `${file.reader}(): the data file must exist; there is no ${showPath(file.path)}. Paths are relative to the study file's folder.`,
      { data: { reader: file.reader, file: file.file, path: file.path }, cause },
    );
  }
  if (code === "EISDIR") return dataError(source, {}, `it must be a file; ${showPath(file.path)} is a folder.`, cause);
  if (code === "EACCES" || code === "EPERM") {
    return dataError(source, {}, `it must be readable; there is no permission to read ${showPath(file.path)}.`, cause);
  }
  if (code === "Z_BUF_ERROR") {
    return dataError(
      source,
      {},
      `the gzip stream must be complete; it ends too early, after ${bytesRead} bytes. Copy the file again.`,
      cause,
    );
  }
  if (code.startsWith("Z_")) {
    return dataError(source, {}, `the gzip stream must be sound; it is damaged (${(cause as Error).message}). Copy the file again.`, cause);
  }
  if (code !== "") return dataError(source, {}, `it could not be read: ${(cause as Error).message.slice(0, 200)}.`, cause);
  return cause;
}
