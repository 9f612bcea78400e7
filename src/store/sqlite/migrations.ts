import type Database from "better-sqlite3";
import { checkpointSchema } from "./checkpoint-schema.ts";
import { estimateSchema } from "./estimate-schema.ts";
import { gradientsSchema } from "./gradients-schema.ts";
import { logSchema } from "./log-schema.ts";
import { schemaVersion1, schemaVersion2, schemaVersion3, schemaVersion4 } from "./schema.ts";
import { stepsSchema } from "./steps-schema.ts";

/** "hpo" and the number 1, as SQLite's application id. */
export const applicationId: number = 0x68706f01;

/** Entry v takes a database of schema version v to v + 1. The list only grows. */
export const migrations: readonly string[] = [
  schemaVersion1,
  schemaVersion2,
  schemaVersion3,
  schemaVersion4,
  stepsSchema,
  gradientsSchema,
  checkpointSchema,
  estimateSchema,
  logSchema,
];

/** To the newest schema, within the caller's transaction; another process may have done it meanwhile. */
export function migrate(db: Database.Database): void {
  const version = Number(db.pragma("user_version", { simple: true }));
  if (version >= migrations.length) return;
  for (const sql of migrations.slice(version)) db.exec(sql);
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${migrations.length}`);
}
