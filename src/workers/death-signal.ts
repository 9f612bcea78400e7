import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What Node's `fork` is to start, and with which arguments before the module. */
export interface Starter {
  readonly execPath: string;
  readonly execArgv: string[];
}

/** util-linux's; that of busybox can't do it. */
const setpriv = "/usr/bin/setpriv";
const continued = ["--pdeathsig", "CONT", "--"];

let known: Starter | undefined;

/**
 * Node, such that Linux wakes the process once the thread that started it is gone: one that has stopped itself (SIGSTOP) can't see that its channel ends, by which
 * it ends itself and its group. SIGCONT does nothing to a process that runs; SIGKILL would leave those that it started. Where there is no `setpriv`, Node alone.
 * The pid and the channel are Node's own in both.
 */
export function boundNode(): Starter {
  known ??= bindable() ? { execPath: setpriv, execArgv: [...continued, process.execPath] } : { execPath: process.execPath, execArgv: [] };
  return known;
}

function bindable(): boolean {
  if (process.platform !== "linux" || !existsSync(setpriv)) return false;
  return spawnSync(setpriv, [...continued, "/bin/true"], { stdio: "ignore", timeout: 5000 }).status === 0;
}
