// A disk as a power cut leaves it, made from the record of what a process did to its files (disk-shim.c). What was synced is there. Of what was not, any
// sector of any write may be there or not; of names that were made, moved or removed in folders that were not synced since, the first few or none.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Rng } from "hpo";

export type DiskRecord =
  | { readonly op: "write"; readonly path: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly op: "cut"; readonly path: string; readonly length: number }
  | { readonly op: "create"; readonly path: string }
  | { readonly op: "folder"; readonly path: string }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "sync"; readonly path: string }
  | { readonly op: "rename"; readonly path: string; readonly to: string }
  | { readonly op: "told"; readonly text: string };

/** Reads the log of the shim. */
export function diskRecords(log: Buffer): DiskRecord[] {
  const records: DiskRecord[] = [];
  const ops: Readonly<Record<string, string>> = { C: "create", D: "folder", U: "remove", F: "sync" };
  for (let at = 0; at < log.length; ) {
    const op = String.fromCharCode(log.readUInt8(at));
    const pathLength = log.readUInt32LE(at + 1);
    const offset = Number(log.readBigUInt64LE(at + 5));
    const length = log.readUInt32LE(at + 13);
    const name = log.toString("utf8", at + 17, at + 17 + pathLength);
    const bytes = log.subarray(at + 17 + pathLength, at + 17 + pathLength + length);
    at += 17 + pathLength + length;
    if (op === "W") records.push({ op: "write", path: name, offset, bytes });
    else if (op === "T") records.push({ op: "cut", path: name, length: offset });
    else if (op === "R") records.push({ op: "rename", path: name, to: bytes.toString() });
    else if (op === "A") records.push({ op: "told", text: bytes.toString() });
    else records.push({ op: ops[op] as "create", path: name });
  }
  return records;
}

type Change = { readonly offset: number; readonly bytes: Buffer } | { readonly length: number };

interface Inode {
  content: Buffer;
  /** Since the last sync. */
  pending: Change[];
}

type Entry = Inode | "folder";

interface NameChange {
  readonly folder: string;
  apply(names: Map<string, Entry>): void;
}

/** What an unsynced write leaves. */
export type Cut =
  | { readonly kind: "nothing" }
  | { readonly kind: "everything" }
  /** Each sector of `sector` bytes with even odds, from `random`. */
  | { readonly kind: "sectors"; readonly sector: number; readonly random: Rng };

/** A disk that takes the records of a process one by one, and can be cut off at any moment. */
export class RecordedDisk {
  /** As the process sees it. */
  readonly #live = new Map<string, Entry>();
  /** What is on the disk for certain. */
  readonly #durable = new Map<string, Entry>();
  #names: NameChange[] = [];
  readonly #root: string;

  /** `root`: a folder that is there, and in which all paths lie. */
  constructor(root: string) {
    this.#root = root;
  }

  take(record: DiskRecord): void {
    if (record.op === "told") return;
    const { path: name } = record;
    if (record.op === "create")
      this.#rename(name, (names) => names.set(name, this.#entry(name) ?? { content: Buffer.alloc(0), pending: [] }));
    else if (record.op === "folder") this.#rename(name, (names) => names.set(name, "folder"));
    else if (record.op === "remove") this.#rename(name, (names) => names.delete(name));
    else if (record.op === "rename") {
      const entry = this.#entry(name);
      this.#rename(record.to, (names) => {
        names.delete(name);
        if (entry !== undefined) names.set(record.to, entry);
      });
    } else if (record.op === "sync") this.#sync(name);
    else if (record.op === "write") this.#inode(name).pending.push({ offset: record.offset, bytes: record.bytes });
    else this.#inode(name).pending.push({ length: record.length });
  }

  /** Writes what a cut leaves at this moment into `folder`, which is emptied, in place of the root. */
  cut(folder: string, cut: Cut): void {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const names = new Map(this.#durable);
    // A journal of a file system keeps the order of names.
    const kept = cut.kind === "sectors" ? cut.random.below(this.#names.length + 1) : cut.kind === "nothing" ? 0 : this.#names.length;
    for (const change of this.#names.slice(0, kept)) change.apply(names);
    const place = (name: string): string => path.join(folder, path.relative(this.#root, name));
    for (const [name, entry] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      // Of a folder that never came to be nothing is left.
      const parents = [...names].filter(([one]) => name.startsWith(`${one}/`));
      const depth = path.relative(this.#root, name).split(path.sep).length - 1;
      if (parents.length < depth) continue;
      // The index of the log is memory that processes share, and is made anew.
      if (name.endsWith("-shm")) continue;
      if (entry === "folder") mkdirSync(place(name));
      else writeFileSync(place(name), contentAfter(entry, cut));
    }
  }

  #entry(name: string): Entry | undefined {
    return this.#live.get(name);
  }

  #inode(name: string): Inode {
    const entry = this.#live.get(name);
    if (entry === undefined || entry === "folder") throw new Error(`The record writes ${name}, which it never made.`);
    return entry;
  }

  #rename(name: string, change: (names: Map<string, Entry>) => void): void {
    // Both see the same new file.
    const made = new Map(this.#live);
    change(made);
    const after = made.get(name);
    const apply = (names: Map<string, Entry>): void => {
      change(names);
      if (after !== undefined) names.set(name, after);
    };
    apply(this.#live);
    this.#names.push({ folder: path.dirname(name), apply });
  }

  #sync(name: string): void {
    const entry = this.#live.get(name);
    if (entry !== undefined && entry !== "folder") {
      entry.content = contentAfter(entry, { kind: "everything" });
      entry.pending = [];
      return;
    }
    for (const change of this.#names) if (change.folder === name) change.apply(this.#durable);
    this.#names = this.#names.filter((change) => change.folder !== name);
  }
}

function contentAfter({ content, pending }: Inode, cut: Cut): Buffer {
  let bytes = content;
  for (const change of cut.kind === "nothing" ? [] : pending) {
    if ("length" in change) {
      if (cut.kind === "sectors" && cut.random.below(2) === 0) continue;
      bytes = Buffer.concat([bytes.subarray(0, change.length), Buffer.alloc(Math.max(0, change.length - bytes.length))]);
    } else bytes = written(bytes, change, cut);
  }
  return bytes;
}

function written(bytes: Buffer, { offset, bytes: more }: { readonly offset: number; readonly bytes: Buffer }, cut: Cut): Buffer {
  const sector = cut.kind === "sectors" ? cut.sector : more.length;
  const parts: [number, number][] = [];
  for (let from = offset; from < offset + more.length; ) {
    const to = Math.min(offset + more.length, cut.kind === "sectors" ? (Math.floor(from / sector) + 1) * sector : offset + more.length);
    if (cut.kind !== "sectors" || cut.random.below(2) === 1) parts.push([from, to]);
    from = to;
  }
  const last = parts.at(-1);
  if (last === undefined) return bytes;
  const result = Buffer.alloc(Math.max(bytes.length, last[1]));
  bytes.copy(result);
  for (const [from, to] of parts) more.copy(result, from, from - offset, to - offset);
  return result;
}
