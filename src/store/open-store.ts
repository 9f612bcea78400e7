import type { Store } from "../core/store.ts";
import { memoryStore } from "./memory/memory-store.ts";
import { sqliteStore } from "./sqlite/sqlite-store.ts";

/** Opens the store at `location`: ":memory:" for one that ends with the process, else an SQLite file. */
export function openStore(location: string, options: { readonly readonly?: boolean } = {}): Store {
  return location === ":memory:" ? memoryStore() : sqliteStore(location, options);
}
