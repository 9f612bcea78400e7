/** What a person's or a system's wish to end does to a run: the first finishes, the second aborts, the third kills. */
export interface Interrupts {
  /** How many came so far. */
  readonly count: () => number;
  /** Gives the signals back to the process. */
  close(): void;
}

export interface InterruptActions {
  readonly stop: () => void;
  readonly abort: () => void;
  readonly kill: () => void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens for Ctrl-C, SIGTERM and SIGHUP until closed; all of them count together. */
export function interrupts(actions: InterruptActions): Interrupts {
  let seen = 0;
  const listener = (): void => {
    seen += 1;
    if (seen === 1) actions.stop();
    else if (seen === 2) actions.abort();
    else actions.kill();
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    count: () => seen,
    close: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
