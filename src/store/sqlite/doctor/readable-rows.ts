import type { Database, Statement } from "better-sqlite3";
import { eachRow } from "../each-row.ts";

/** A table as it is read row by row. */
export interface ReadableTable {
  readonly name: string;
  /** Its columns, of those that are asked for. */
  readonly columns: readonly string[];
  /** What orders its rows, and finds one: its primary key, or "rowid". */
  readonly key: readonly string[];
}

/** Rows that could be read, and how many, at least, could not. */
export interface RowReader {
  rows(): Iterable<readonly unknown[]>;
  readonly lost: number;
}

type Key = readonly unknown[];

/** Rowids looked for, one by one, in a gap of pages that can't be read, where even the last one is unknown. */
const mostSought = 20_000;

/** The table's own order and key. Throws what SQLite throws where even the list of tables can't be read. */
export function readableTable(db: Database, name: string, wanted: readonly string[]): ReadableTable | undefined {
  const info = db.pragma(`table_info(${name})`) as { name: string }[];
  if (info.length === 0) return undefined;
  const [options] = db.pragma(`table_list(${name})`) as { wr: number }[];
  const key = options?.wr === 1 ? primaryKey(db, name) : ["rowid"];
  // A stranger's key may be called "(SELECT …)": what stands in our statements is called as ours.
  if (!key.every((one) => one === "rowid" || wanted.includes(one))) return undefined;
  return { name, columns: info.map((one) => one.name).filter((one) => wanted.includes(one)), key };
}

/** Its columns, in order. */
export function primaryKey(db: Database, table: string): string[] {
  const info = db.pragma(`table_info(${table})`) as { name: string; pk: number }[];
  return info
    .filter(({ pk }) => pk > 0)
    .sort((a, b) => a.pk - b.pk)
    .map(({ name }) => name);
}

/**
 * Reads a table whose pages may be damaged: in order up to the first page that can't be read, past single rows that can't, then from the other end, and
 * between them by looking for each key that may be there (`trials` of each study, or rowids). No index is used. A row may come twice.
 */
export function readableRows(db: Database, table: ReadableTable, sought: () => Iterable<Key>): RowReader {
  const { name, columns, key } = table;
  const keys = key.join(", ");
  const places = key.map(() => "?").join(", ");
  const select = `SELECT ${[...key, ...columns].join(", ")} FROM ${name} NOT INDEXED`;
  let lost = 0;
  /** Of the table's rows; known once it was read from its end. */
  let lastRowid = mostSought;

  function* up(from: Key | undefined): Generator<readonly unknown[], { readonly at: Key | undefined; readonly whole: boolean }> {
    let at = from;
    const where = at === undefined ? "" : `WHERE (${keys}) > (${places})`;
    try {
      for (const row of eachRow(db.prepare<unknown[]>(`${select} ${where} ORDER BY ${keys}`).raw(), ...(at ?? []))) {
        at = (row as unknown[]).slice(0, key.length);
        yield (row as unknown[]).slice(key.length);
      }
      return { at, whole: true };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return { at, whole: false };
    }
  }

  /** The key after `at`, where the row behind it may be unreadable and the page is not. */
  function next(at: Key | undefined): Key | undefined {
    const where = at === undefined ? "" : `WHERE (${keys}) > (${places})`;
    try {
      return db
        .prepare(`SELECT ${keys} FROM ${name} NOT INDEXED ${where} ORDER BY ${keys} LIMIT 1`)
        .raw()
        .get(...(at ?? [])) as Key | undefined;
    } catch {
      // The page itself: what follows is found from the other end.
      return undefined;
    }
  }

  function* down(): Generator<readonly unknown[]> {
    let first = true;
    try {
      for (const row of eachRow(db.prepare<[]>(`${select} ORDER BY ${key.map((one) => `${one} DESC`).join(", ")}`).raw())) {
        if (first && key[0] === "rowid") lastRowid = Number((row as unknown[])[0]);
        first = false;
        yield (row as unknown[]).slice(key.length);
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }

  function* between(): Generator<readonly unknown[]> {
    const statements = new Map<number, Statement<unknown[]>>();
    for (const values of sought()) {
      if (key[0] === "rowid" && Number(values[0]) > lastRowid) return;
      const columnsOf = key.slice(0, values.length);
      let find = statements.get(columnsOf.length);
      if (find === undefined)
        statements.set(
          columnsOf.length,
          (find = db.prepare<unknown[]>(`${select} WHERE ${columnsOf.map((one) => `${one} = ?`).join(" AND ")}`).raw()),
        );
      try {
        for (const row of eachRow(find, ...values)) yield (row as unknown[]).slice(key.length);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
      }
    }
  }

  return {
    get lost() {
      return lost;
    },
    *rows() {
      let at: Key | undefined;
      for (;;) {
        const end = yield* up(at);
        if (end.whole) return;
        lost++;
        const skipped = next(end.at);
        if (skipped === undefined || sameKey(skipped, at)) break;
        at = skipped;
      }
      yield* down();
      yield* between();
    },
  };
}

function sameKey(a: Key, b: Key | undefined): boolean {
  return b !== undefined && a.every((one, i) => one === b[i]);
}

/** What SQLite says of a page that it can't read, or of a value in it that makes no sense. */
function isUnreadable(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && /^SQLITE_(CORRUPT|IOERR|NOTADB|TOOBIG|NOMEM)/.test(code);
}
