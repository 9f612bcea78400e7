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
