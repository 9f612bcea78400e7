import type { Database } from "better-sqlite3";
import path from "node:path";
import type { Store } from "../../core/store.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { giveUpLease } from "../given-up-leases.ts";
import { storeFailed } from "../store-failure.ts";
import { openAttempts } from "../open-attempts.ts";
import { studyPicture } from "../study-picture.ts";
import { batchWriter, type BatchWriter } from "./batch-writer.ts";
import { checkpointTable } from "./checkpoint-table.ts";
import { openForReading, openForWriting } from "./database.ts";
import { leaseTable } from "./lease-table.ts";
import { damaged, guarded, sqliteCode } from "./sqlite-failure.ts";
import { logTable } from "./log-table.ts";
import { studyCatalog } from "./study-catalog.ts";
import { studyReader } from "./study-reader.ts";
import { trialSteps } from "./trial-steps.ts";
import { walLimit } from "./wal-limit.ts";
import { writeTurns } from "./write-turns.ts";

/**
 * The store in an SQLite file. `readonly: true` opens a file that is there, writes nothing to it and holds up no writer.
 * @throws HpoError STORE_INVALID where the file can't be opened or is not a store's; STORE_NEWER where a newer hpo made it.
 */
export function sqliteStore(file: string, options: { readonly readonly?: boolean } = {}): Store {
  const location = path.resolve(file);
  const readonly = options.readonly ?? false;
  const { db, close } = readonly ? openForReading(location) : openForWriting(location);
  const { catalog, leases, reader, checkpoints, logs, steps } = prepared(db, location, readonly ? close : () => db.close());
  let writer: BatchWriter | undefined;

  const turns = writeTurns(db);
  const shortenLog = walLimit(db, location);
  const transaction = db.transaction((work: () => unknown) => work());

  /** One consistent picture; in WAL mode it waits for no writer. */
  function read<T>(work: () => T): T {
    if (!db.open) throw storeFailed(location, "was closed before; open the store again");
    return guarded(location, () => transaction.deferred(work) as T);
  }

  /** All or nothing, and on the disk before it returns. */
  function write<T>(work: () => T): T {
    if (!db.open) throw storeFailed(location, "was closed before; open the store again");
    if (readonly) throw storeFailed(location, "was opened for reading and can't be written; open it without readonly");
    guarded(location, turns.come);
    try {
      return guarded(location, () => transaction.immediate(() => (turns.begun(), work())) as T, turns.crowded);
    } finally {
      turns.ended();
    }
  }

  const store: Store = {
    location,
    list: () => read(() => catalog.list(leases.held)),
    header: (study) => read(() => catalog.header(study)),
    create: (header, earlier = []) => write(() => catalog.create(header, earlier)),
    acceptCode: (study, codeHash) => write(() => catalog.acceptCode(catalog.find(study), codeHash)),
    rename: (study, name) =>
      write(() => {
        const id = catalog.find(study);
        leases.refuseHeld(id, study);
        catalog.rename(id, name);
      }),
    remove: (study) =>
      checkpoints.remove(
        write(() => {
          const id = catalog.find(study);
          leases.refuseHeld(id, study);
          catalog.remove(id);
          return id;
        }),
      ),
    acquire(study, holder, silentSeconds) {
      try {
        const id = write(() => {
          const found = catalog.find(study);
          leases.take(found, study, holder, silentSeconds);
          return found;
        });
        read(() => checkpoints.tidy(id));
      } catch (error) {
        // What failed at the last sync may be in the log all the same.
        if (sqliteCode((error as HpoError).cause) !== "") giveUpLease(holder.id);
        throw error;
      }
    },
    renew: (study, holderId) => write(() => leases.renew(catalog.find(study), study, holderId)),
    release(study, holderId) {
      try {
        write(() => leases.release(catalog.find(study), holderId));
      } catch (error) {
        if (sqliteCode((error as HpoError).cause) === "") throw error;
        // All that was told is durable, and others see the lease end with this process.
        giveUpLease(holderId);
      }
    },
    commit(study, holderId, batch) {
      const untidy = write(() => {
        const id = catalog.find(study);
        leases.renew(id, study, holderId);
        writer ??= batchWriter(db);
        writer(id, study, batch);
        logs.write(id, study, batch);
        return checkpoints.write(id, study, batch) ? id : undefined;
      });
      shortenLog();
      // Only now is it sure that their rows are gone.
      if (untidy !== undefined) read(() => checkpoints.tidy(untidy));
    },
    load: (study) =>
      read(() => {
        const { id, header } = catalog.open(study);
        const trials = reader.trials(id);
        const reports = reader.reports(id);
        const gradients = reader.gradients(id);
        const open = trials.filter(({ outcome }) => outcome === null).map(({ record }) => record.number);
        return {
          header,
          earlier: catalog.earlier(id),
          estimate: catalog.estimate(id),
          // These records were made for this call.
          trials: trials.map(({ record, outcome }) => {
            const reported = reports.get(record.number);
            if (outcome !== null && reported !== undefined) Object.assign(outcome, { reported });
            const told = gradients.get(record.number);
            if (outcome !== null && told !== undefined) Object.assign(outcome, { gradients: told });
            return Object.assign(record, { outcome });
          }),
          evaluations: open.flatMap((trial) => reader.evaluations(id, trial)),
          checkpoints: checkpoints.trials(id),
          parts: reader.parts(id),
          attempts: openAttempts(reader.attempts(id), new Set(open)),
          logLengths: logs.lengths(id),
        };
      }),
    snapshot: (study) =>
      read(() => {
        const { id, header } = catalog.open(study);
        return studyPicture({
          header,
          held: leases.held(id),
          trials: reader.trials(id),
          totals: reader.totals(id),
          shared: reader.shared(id),
          runs: reader.runs(id),
          attempts: reader.attempts(id),
          estimate: catalog.estimate(id),
          database: location,
        });
      }),
    evaluations: (study, trial) => read(() => reader.evaluations(catalog.find(study), trial)),
    predictions: (study, trial) => read(() => reader.predictions(catalog.find(study), trial)),
    steps: (study, trial) => read(() => steps(catalog.find(study), trial)),
    logs: (study, trial) => read(() => logs.of(catalog.find(study), trial)),
    checkpoint: (study, trial) => read(() => checkpoints.find(catalog.find(study), trial)),
    model: (study) => read(() => reader.model(catalog.find(study))),
    close() {
      if (db.open) close();
    },
  };
  return Object.freeze(store);
}

/** What reads and writes its tables. Closes a database that has others than its schema says. */
function prepared(db: Database, location: string, close: () => void) {
  try {
    return {
      catalog: studyCatalog(db, location),
      leases: leaseTable(db),
      reader: studyReader(db),
      checkpoints: checkpointTable(db, location),
      logs: logTable(db),
      steps: trialSteps(db),
    };
  } catch (cause) {
    close();
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new HpoError("STORE_INVALID", `The database ${location} ${damaged(location, message)}.`, { data: { database: location }, cause });
  }
}
