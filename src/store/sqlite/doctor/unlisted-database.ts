import { HpoError } from "../../../core/hpo-error.ts";
import { openForReading } from "../database.ts";
import { isDamage } from "../sqlite-failure.ts";
import { knownTables } from "./known-tables.ts";

type OpenDatabase = ReturnType<typeof openForReading>;

/** Why a database can't be opened: it is too damaged. undefined where that is not why. */
export function openingDamage(error: unknown): string | undefined {
  if (!(error instanceof HpoError) || error.code !== "STORE_INVALID" || !isDamage(error.cause)) return undefined;
  return error.cause instanceof Error ? error.cause.message : String(error.cause);
}

/**
 * Opens a database of any schema for reading, also one whose list of tables can't be read, where these stand where hpo makes them.
 * @throws HpoError STORE_INVALID where that can't be known, and for all that `openForReading` refuses
 */
export function openUnlisted(file: string): OpenDatabase {
  try {
    return openForReading(file, "own");
  } catch (error) {
    const why = openingDamage(error);
    if (why === undefined) throw error;
    const known = knownTables(file);
    if (known === undefined) {
      throw new HpoError(
        "STORE_INVALID",
        `The database ${file} can't be opened (${why}), and where its tables begin can't be known: its second page does not say it as hpo's do; restore it from a copy.`,
        { data: { database: file }, cause: error },
      );
    }
    try {
      const { db, close } = openForReading(known.file, "own");
      return {
        db,
        close() {
          close();
          known.dispose();
        },
      };
    } catch (failure) {
      known.dispose();
      throw failure;
    }
  }
}
