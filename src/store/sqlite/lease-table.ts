import type { Database } from "better-sqlite3";
import type { LeaseHolder } from "../../core/store.ts";
import { isGivenUp } from "../given-up-leases.ts";
import { leaseLost, studyBusy } from "../lease-failure.ts";
import { leaseHolds, leaseOf, type Lease } from "../lease-rule.ts";

/** The leases of all studies; each call inside a transaction of the caller's. */
interface LeaseTable {
  /** Whether a process that lives holds the study. */
  held(study: number): boolean;
  take(study: number, name: string, holder: LeaseHolder, silentSeconds: number | undefined): void;
  /** Throws STUDY_BUSY unless `holderId` holds the lease. */
  renew(study: number, name: string, holderId: string): void;
  release(study: number, holderId: string): void;
  /** Throws STUDY_BUSY where a process that lives holds the study. */
  refuseHeld(study: number, name: string): void;
}

/** Prepares every statement once. */
export function leaseTable(db: Database): LeaseTable {
  const find = db.prepare<[number], Lease>(`SELECT holder, pid, host, process, since, renewed_at AS renewedAt FROM leases WHERE study = ?`);
  const put = db.prepare("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?, ?)");
  const renewed = db.prepare("UPDATE leases SET renewed_at = ? WHERE study = ? AND holder = ?");
  const drop = db.prepare("DELETE FROM leases WHERE study = ? AND holder = ?");

  function holding(study: number): Lease | undefined {
    const lease = find.get(study);
    return lease !== undefined && !isGivenUp(lease.holder) && leaseHolds(lease, Date.now()) ? lease : undefined;
  }

  return {
    held: (study) => holding(study) !== undefined,
    take(study, name, holder, silentSeconds) {
      const now = Date.now();
      const found = find.get(study);
      const others = found !== undefined && found.holder !== holder.id && !isGivenUp(found.holder);
      if (others && leaseHolds(found, now, silentSeconds)) throw studyBusy(name, found);
      const lease = leaseOf(holder, now);
      put.run(study, lease.holder, lease.pid, lease.host, lease.process, lease.since, lease.renewedAt);
    },
    renew(study, name, holderId) {
      if (renewed.run(Date.now(), study, holderId).changes === 0) throw leaseLost(name, find.get(study) ?? null);
    },
    release(study, holderId) {
      drop.run(study, holderId);
    },
    refuseHeld(study, name) {
      const lease = holding(study);
      if (lease !== undefined) throw studyBusy(name, lease);
    },
  };
}
