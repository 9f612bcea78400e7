import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { LeaseHolder } from "../core/store.ts";

/** A lease as it is stored. */
export interface Lease {
  readonly holder: string;
  readonly pid: number;
  readonly host: string;
  /** What `processMark` said of the holder's process. */
  readonly process: string | null;
  readonly since: string;
  /** Milliseconds since 1970. */
  readonly renewedAt: number;
}

/** After how many silent seconds a lease of another machine is free; as many that its last word lies ahead mean a clock that was set back since. */
const defaultSilentSeconds = 60;

/**
 * What tells a process from a later one with the same pid: "boot/pid namespace/start ticks". null where the system
 * does not say (outside Linux), or where the process does not run here.
 */
export function processMark(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const namespace = readlinkSync("/proc/self/ns/pid");
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command's name may hold blanks and brackets; field 22, the start time, is the 20th after its last bracket.
    const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return start === undefined ? null : `${boot}/${namespace}/${start}`;
  } catch {
    return null;
  }
}

/** A new lease of `holder`, as of `now` (milliseconds). */
export function leaseOf(holder: LeaseHolder, now: number): Lease {
  return {
    holder: holder.id,
    pid: holder.pid,
    host: holder.host,
    process: holder.host === hostname() ? processMark(holder.pid) : null,
    since: holder.since,
    renewedAt: now,
  };
}

/**
 * Whether the holder still works, as this process sees it: on this machine, whether the process runs, whatever clocks say, and none does that ran before a
 * restart; elsewhere (also in another container, whose pids mean nothing here), whether it spoke within `silentSeconds`.
 */
export function leaseHolds(lease: Lease, now: number, silentSeconds: number = defaultSilentSeconds): boolean {
  if (isBeforeRestart(lease)) return false;
  if (!isHere(lease)) return Math.abs(now - lease.renewedAt) < silentSeconds * 1000;
  if (!runs(lease.pid)) return false;
  return lease.process === null || lease.process === processMark(lease.pid);
}

/** Who has a lease that holds: this process, one that was suspended (Ctrl-Z, SIGSTOP), or another. */
export function holderState(lease: Lease): "own" | "suspended" | "other" {
  if (!isHere(lease)) return "other";
  if (lease.pid === process.pid) return "own";
  return /[Tt]/.test(processState(lease.pid)) ? "suspended" : "other";
}

/** Whether the holder ran on this machine, by its name, under an earlier boot. A machine elsewhere that has this one's name can't work on one log with it. */
function isBeforeRestart({ host, process: mark }: Lease): boolean {
  const own = processMark(process.pid);
  return mark !== null && own !== null && host === hostname() && bootOf(mark) !== bootOf(own);
}

function bootOf(mark: string): string {
  return mark.slice(0, mark.indexOf("/"));
}

/** Whether the holder's pid means the same here: by its mark, since a machine may be given another name; by the name where there is no mark. */
function isHere({ host, process: mark }: Lease): boolean {
  const own = processMark(process.pid);
  if (mark === null || own === null) return host === hostname();
  return mark.slice(0, mark.lastIndexOf("/")) === own.slice(0, own.lastIndexOf("/"));
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  // A killed process whose parent has not asked after it yet has a pid but does nothing any more.
  return processState(pid) !== "Z";
}

/** One letter, as in proc_pid_stat(5): "T" suspended, "Z" ended and not yet asked after; "" where the system does not say. */
function processState(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat[stat.lastIndexOf(")") + 2] ?? "";
  } catch {
    return "";
  }
}
