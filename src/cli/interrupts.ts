import { setTimeout as sleep } from "node:timers/promises";
import { onTerminal } from "./terminal.ts";

/** What a person's or a system's wish to end does to a run: the first finishes, the second aborts, the third kills. */
export interface Interrupts {
  /** How many came so far. */
  readonly count: () => number;
  /** Gives the signals back to the process, once no echo of one can come any more; another signal kills until then. */
  close(): Promise<void>;
}

export interface InterruptActions {
  readonly stop: () => void;
  readonly abort: () => void;
  readonly kill: () => void;
}

const signals = ["SIGINT", "SIGTERM"] as const;

/** npm sends on the Ctrl-C that the terminal has sent to its child already: one wish, two signals. */
const echoMs = 100;

/** Listens for Ctrl-C, SIGTERM and, where there is a terminal, its end (SIGHUP) until closed; all of them count together. */
export function interrupts(actions: InterruptActions): Interrupts {
  const heard = onTerminal() ? ([...signals, "SIGHUP"] as const) : signals;
  let seen = 0;
  let closing = false;
  let last: { readonly signal: string; readonly at: number } | null = null;
  const listener = (signal: NodeJS.Signals): void => {
    const at = performance.now();
    const echo = last !== null && last.signal === signal && at - last.at < echoMs;
    last = { signal, at };
    if (echo) return;
    seen += 1;
    if (closing) actions.kill();
    else if (seen === 1) actions.stop();
    else if (seen === 2) actions.abort();
    else actions.kill();
  };
  const echoLeft = (): number => (last === null ? 0 : last.at + echoMs - performance.now());
  for (const signal of heard) process.on(signal, listener);
  return {
    count: () => seen,
    async close() {
      closing = true;
      // An echo that nobody hears would end the process before its result is printed.
      for (let left = echoLeft(); left > 0; left = echoLeft()) await sleep(left);
      for (const signal of heard) process.off(signal, listener);
    },
  };
}

/** Without a terminal none can be closed: `nohup hpo run`, whose wish Node forgets at its start, goes on when the person leaves. */
export function ignoreHangUps(): void {
  if (!onTerminal()) process.on("SIGHUP", () => undefined);
}
