import type { Store } from "../../core/store.ts";
import { leaseLost, studyBusy } from "../lease-failure.ts";
import { leaseHolds, leaseOf } from "../lease-rule.ts";
import { checkStudyName, nameTaken, storeFailed, studyNotFound } from "../store-failure.ts";
import { pictureState } from "../study-picture.ts";
import { checkBatch } from "./batch-check.ts";
import { MemoryStudy } from "./memory-study.ts";

const location = ":memory:";

/** A store that ends with the process, with the rules of the one on disk. */
export function memoryStore(): Store {
  /** By age. */
  const studies: MemoryStudy[] = [];
  let closed = false;

  function all(): MemoryStudy[] {
    if (closed) throw storeFailed(location, "was closed before; open the store again");
    return studies;
  }

  function find(name: string): MemoryStudy {
    for (const study of all()) if (study.header.name === name) return study;
    throw studyNotFound(
      name,
      location,
      studies.map(({ header }) => header.name),
    );
  }

  function held({ lease }: MemoryStudy): boolean {
    return lease !== undefined && leaseHolds(lease, Date.now());
  }

  /** A study that nobody runs. */
  function findFree(name: string): MemoryStudy {
    const study = find(name);
    if (study.lease !== undefined && held(study)) throw studyBusy(name, study.lease);
    return study;
  }

  function renew(name: string, holderId: string): MemoryStudy {
    const study = find(name);
    if (study.lease?.holder !== holderId) throw leaseLost(name, study.lease ?? null);
    const now = Date.now();
    if (study.lease.renewedAt !== now) study.lease = { ...study.lease, renewedAt: now };
    return study;
  }

  const isTaken = (name: string): boolean => all().some(({ header }) => header.name === name);

  const store: Store = {
    location,
    list: () =>
      all().map((study) => ({
        name: study.header.name,
        createdAt: study.header.createdAt,
        state: pictureState(held(study), study.runs.size, [...study.runs.values()].at(-1)?.state ?? null),
        ...study.counts(),
      })),
    header: (name) => (isTaken(name) ? structuredClone(find(name).header) : undefined),
    create(header, earlier = []) {
      checkStudyName(header.name);
      if (isTaken(header.name)) throw nameTaken(header.name, location);
      studies.push(new MemoryStudy(header, earlier));
    },
    acceptCode(name, codeHash) {
      const study = find(name);
      study.header = { ...study.header, codeHash };
    },
    rename(name, newName) {
      const study = findFree(name);
      checkStudyName(newName);
      if (newName !== name && isTaken(newName)) throw nameTaken(newName, location);
      study.header = { ...study.header, name: newName };
    },
    remove(name) {
      studies.splice(studies.indexOf(findFree(name)), 1);
    },
    acquire(name, holder, silentSeconds) {
      const study = find(name);
      const now = Date.now();
      if (study.lease !== undefined && study.lease.holder !== holder.id && leaseHolds(study.lease, now, silentSeconds)) {
        throw studyBusy(name, study.lease);
      }
      study.lease = leaseOf(holder, now);
    },
    renew(name, holderId) {
      renew(name, holderId);
    },
    release(name, holderId) {
      const study = find(name);
      if (study.lease?.holder === holderId) study.lease = undefined;
    },
    commit(name, holderId, batch) {
      const study = renew(name, holderId);
      checkBatch(name, study.standing, batch);
      study.accept(batch);
    },
    load: (name) => find(name).load(),
    snapshot(name) {
      const study = find(name);
      return study.snapshot(held(study), location);
    },
    evaluations: (name, trial) => find(name).evaluations(trial),
    predictions: (name, trial) => find(name).predictions(trial),
    steps: (name, trial) => find(name).steps(trial),
    logs: (name, trial) => find(name).logs(trial),
    checkpoint: (name, trial) => find(name).checkpoint(trial),
    model: (name) => find(name).model,
    close() {
      closed = true;
    },
  };
  return Object.freeze(store);
}
