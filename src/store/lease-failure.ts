import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import { holderState, type Lease } from "./lease-rule.ts";

/** The study is another coordinator's. */
export function studyBusy(study: string, lease: Lease): HpoError {
  const { pid, host, since } = lease;
  const state = holderState(lease);
  const cure =
    state === "suspended"
      ? `; it is suspended: let it go on with \`kill -CONT ${pid}\` or end it with \`kill -KILL ${pid}\`, or give this study another name`
      : `; wait until that run ends or stop it${state === "own" ? " (both are in this process)" : ""}, or give this study another name`;
  return new HpoError(
    "STUDY_BUSY",
    `The study ${showValue(study)} is already being run by process ${pid} on ${host} since ${since}${cure}.`,
    {
      data: { study, pid, host, since },
    },
  );
}

/** The study was this coordinator's, and is another's or was another's since. */
export function leaseLost(study: string, lease: Lease | null): HpoError {
  const other = lease === null ? "another run" : `process ${lease.pid} on ${lease.host}`;
  const end = lease === null ? ", which has ended; start this one again to go on" : "; wait until that run ends or stop it";
  return new HpoError(
    "STUDY_BUSY",
    `The study ${showValue(study)} is no longer this run's: it was silent for so long (suspended, or asleep) that ${other} took over${end}. ` +
      "What this run found after that is not stored; nothing that was stored is lost.",
    { data: lease === null ? { study } : { study, pid: lease.pid, host: lease.host, since: lease.since } },
  );
}
