import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HpoError } from "../../../core/hpo-error.ts";
import { openDatabase } from "../driver.ts";
import { applicationId, migrations } from "../migrations.ts";
import { isDamage } from "../sqlite-failure.ts";

/** A copy of a database whose list of tables is that of a sound one. */
interface KnownTables {
  readonly file: string;
  dispose(): void;
}

/** Of every database that hpo makes; places are those of SQLite's file format (sqlite.org/fileformat2.html), numbers are big-endian. */
const pageBytes = 4096;
const headerBytes = 100;
const versionPlace = 60;
const applicationPlace = 68;
const pageCountPlace = 28;
const journalModePlace = 18;
const leafOfTable = 13;
const nodeOfTable = 5;
/** What the map of pages says of one that is the root of a table or an index (section 1.8). */
const rootKind = 1;
/** SQLite never uses the page of the byte that it locks, at 1 GiB. */
const lockPage = 2 ** 30 / pageBytes + 1;

/**
 * A copy, in the system's temporary folder, of a database whose first page or list of tables can't be read, with its log taken in and the list put in its
 * place that every database of that schema has: the tables of hpo are always made in one order, and in a file that gives freed pages back SQLite keeps their
 * first pages at the front, one after the other. undefined where the map on the second page does not say exactly that of one of our schemas, so that where
 * tables begin can't be known. Nothing of the database itself is written. Cost: O(bytes). @throws HpoError STORE_INVALID where there is no room for a copy.
 */
export function knownTables(file: string): KnownTables | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-"));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = path.join(folder, "copy.sqlite");
    // A pipe would wait for its writer.
    for (const end of ["", "-wal"])
      if (existsSync(`${file}${end}`) && statSync(`${file}${end}`).isFile()) copyFileSync(`${file}${end}`, `${copy}${end}`);
    chmodSync(copy, 0o600);
    if (replaced(copy)) return { file: copy, dispose };
    dispose();
    return undefined;
  } catch (cause) {
    dispose();
    const { message } = cause as Error;
    throw new HpoError(
      "STORE_INVALID",
      `The database ${file} is damaged, and can't be copied to ${tmpdir()} (${message}) to be looked at; make room there, or name another folder with TMPDIR.`,
      { data: { database: file }, cause },
    );
  }
}

function replaced(copy: string): boolean {
  const told = pageOf(copy, 1);
  if (!takeLogIn(copy)) return false;
  const roots = rootsOf(pageOf(copy, 2)).join();
  const schemas = migrations
    .map((_, index) => emptySchema(index + 1))
    .filter(({ pages }) => rootsOf(pages.subarray(pageBytes, 2 * pageBytes)).join() === roots);
  // A later schema may only have columns more, which rows without them read as their defaults.
  const version = told.readUInt32BE(applicationPlace) === applicationId ? told.readUInt32BE(versionPlace) : 0;
  const schema = schemas.find((one) => one.version === version) ?? schemas.at(-1);
  if (schema === undefined) return false;
  writeList(copy, schema.pages);
  return true;
}

/** Page 1, and behind the last page those to which it leads. */
function writeList(copy: string, pages: Buffer): void {
  const first = Buffer.from(pages.subarray(0, pageBytes));
  const open = openSync(copy, "r+");
  try {
    let next = Math.ceil(fstatSync(open).size / pageBytes);
    for (const place of childPlaces(first)) {
      const child = pages.subarray((first.readUInt32BE(place) - 1) * pageBytes).subarray(0, pageBytes);
      if (child[0] !== leafOfTable) throw new TypeError("hpo's list of tables has more than two levels");
      next += next + 1 === lockPage ? 2 : 1;
      first.writeUInt32BE(next, place);
      writeSync(open, child, 0, pageBytes, (next - 1) * pageBytes);
    }
    first.writeUInt32BE(next, pageCountPlace);
    writeSync(open, first, 0, pageBytes, 0);
  } finally {
    closeSync(open);
  }
}

/** Where page 1 says which pages it leads to: in each of its cells, and at the end of its header. */
function childPlaces(first: Buffer): number[] {
  if (first[headerBytes] !== nodeOfTable) return [];
  const cells = first.readUInt16BE(headerBytes + 3);
  const places = Array.from({ length: cells }, (_, cell) => first.readUInt16BE(headerBytes + 12 + 2 * cell));
  return [...places, headerBytes + 8];
}

/** What is committed in the log: SQLite itself takes it in, below a first page without any table. Whether it could. */
function takeLogIn(copy: string): boolean {
  if (!existsSync(`${copy}-wal`)) return true;
  const { pages } = emptySchema(migrations.length);
  const first = Buffer.alloc(pageBytes);
  pages.copy(first, 0, 0, headerBytes);
  first.fill(2, journalModePlace, journalModePlace + 2);
  // As many as there are.
  first.writeUInt32BE(0, pageCountPlace);
  first[headerBytes] = leafOfTable;
  first.writeUInt16BE(pageBytes, headerBytes + 5);
  const open = openSync(copy, "r+");
  writeSync(open, first, 0, pageBytes, 0);
  closeSync(open);
  const db = openDatabase(copy);
  try {
    db.pragma("wal_checkpoint(TRUNCATE)");
  } catch (error) {
    if (!isDamage(error)) throw error;
    return false;
  } finally {
    db.close();
  }
  rmSync(`${copy}-wal`, { force: true });
  return true;
}

function emptySchema(version: number): { readonly version: number; readonly pages: Buffer } {
  const db = openDatabase(":memory:");
  try {
    db.pragma("auto_vacuum = INCREMENTAL");
    for (const sql of migrations.slice(0, version)) db.exec(sql);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${version}`);
    return { version, pages: db.serialize() };
  } finally {
    db.close();
  }
}

/** Pages that the map, of five bytes a page from page 3 on, calls roots. */
function rootsOf(map: Buffer): number[] {
  const pages = Array.from({ length: Math.floor(pageBytes / 5) }, (_, index) => index);
  return pages.filter((index) => map[5 * index] === rootKind && map.readUInt32BE(5 * index + 1) === 0).map((index) => index + 3);
}

/** Zeros where the file ends before. */
function pageOf(file: string, number: number): Buffer {
  const page = Buffer.alloc(pageBytes);
  const open = openSync(file, "r");
  try {
    readSync(open, page, 0, pageBytes, (number - 1) * pageBytes);
  } finally {
    closeSync(open);
  }
  return page;
}
