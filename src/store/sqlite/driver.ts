import Database from "better-sqlite3";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { HpoError } from "../../core/hpo-error.ts";

/**
 * From Node 24.19 on an object of better-sqlite3 12 that is collected while no JavaScript runs ends the process: `node::ObjectWrap` takes back a hook from the
 * environment of the current context, and a collection between two turns of the event loop has none (better-sqlite3 13, which needs Node 22, has no such
 * objects). So there they are held fast, and given up together in a collection that is called from JavaScript.
 */
const fallsAtCollection = Number(process.versions.node.split(".")[0]) >= 24;

/** So many are held before the first are given up: some megabytes. */
const heldAtMost = 20_000;

interface Held {
  object: object | undefined;
  readonly weak: WeakRef<object>;
}

let held: Held[] = [];
let limit = heldAtMost;
let collect: (() => void) | undefined;

/** `new Database`, whose statements never end the process. @throws HpoError STORE_FAILED where the driver's native part can't be loaded */
export function openDatabase(file: string | Buffer, options: Database.Options = {}): Database.Database {
  const db = newDatabase(file, options);
  if (!fallsAtCollection) return db;
  hold(db);
  const prepare = db.prepare.bind(db);
  // The driver's own pragma() leaves a statement behind that nobody holds.
  const pragma = (source: string, { simple = false }: Database.PragmaOptions = {}): unknown => {
    const statement = hold(prepare(`PRAGMA ${source}`));
    // run() would end after the first page that incremental_vacuum gives back.
    if (!statement.reader) return void db.exec(`PRAGMA ${source}`);
    return simple ? statement.pluck().get() : statement.all();
  };
  return Object.assign(db, { prepare: (sql: string) => iterators(hold(prepare(sql))), pragma });
}

function newDatabase(file: string | Buffer, options: Database.Options): Database.Database {
  try {
    return new Database(file, options);
  } catch (cause) {
    const why = unloadable(cause);
    if (why === undefined) throw cause;
    throw new HpoError(
      "STORE_FAILED",
      `better-sqlite3, which keeps the trials, can't be loaded: ${why}. Run \`npm rebuild better-sqlite3\` with the Node that runs hpo (${process.version}); nothing is lost.`,
      { cause },
    );
  }
}

/** Of the end of a sentence; undefined where the driver is there and something else is wrong. */
function unloadable(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message.startsWith("Could not locate the bindings file")) {
    return "its native part was not built when it was installed, as with `npm install --ignore-scripts`";
  }
  if ((error as { readonly code?: unknown }).code !== "ERR_DLOPEN_FAILED") return undefined;
  const built = /NODE_MODULE_VERSION \d+/.test(error.message);
  return built ? "its native part was built for another version of Node" : (error.message.split("\n")[0] ?? "");
}

function iterators(statement: Database.Statement): Database.Statement {
  const iterate = statement.iterate.bind(statement);
  return Object.assign(statement, { iterate: (...values: unknown[]) => hold(iterate(...values)) });
}

function hold<T extends object>(object: T): T {
  if (held.length >= limit) giveUp();
  held.push({ object, weak: new WeakRef(object) });
  return object;
}

/** Collects now what nothing else refers to; the rest is held on. */
function giveUp(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  for (const one of held) one.object = undefined;
  collect();
  held = held.filter((one) => {
    one.object = one.weak.deref();
    return one.object !== undefined;
  });
  limit = Math.max(heldAtMost, 2 * held.length);
}
