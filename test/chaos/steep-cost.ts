import { createContext, Script } from "node:vm";

/** The longer text has so many times the letters of the shorter: at a cost of its length 8 times the CPU, of its square 64 times. */
const factor = 8;
const mostTimes = 30;
const repeats = 3;

export interface SteepCostOptions {
  /** Letters of the shorter text; default 8000. */
  readonly length?: number;
  /** Milliseconds of CPU below which nothing is steep: no text of 64,000 letters is looked at once for each of its letters in so short a time; default 100. */
  readonly freeMs?: number;
  /** What is cut off as never ending, where the work is synchronous; far more than any machine needs for a sound one. */
  readonly limitMs?: number;
}

/**
 * How the cost of `work` grows out of proportion to the length of its text; undefined where it does not. By CPU time, the least of several repeats, so that
 * what else the machine does counts little.
 */
export async function steepCost(
  work: (text: string) => unknown,
  textOf: (length: number) => string,
  { length = 8000, freeMs = 100, limitMs = 30_000 }: SteepCostOptions = {},
): Promise<string | undefined> {
  const [short, long] = [textOf(length), textOf(factor * length)];
  let [ofShort, ofLong] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  try {
    for (let repeat = 0; repeat < repeats; repeat++) {
      ofShort = Math.min(ofShort, await cost(() => work(short), limitMs));
      ofLong = Math.min(ofLong, await cost(() => work(long), limitMs));
      if (ofLong <= freeMs || ofLong < mostTimes * ofShort) return undefined;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return `${JSON.stringify(short.slice(0, 40))}… never ends`;
  }
  return `${JSON.stringify(short.slice(0, 40))}… of ${factor} times the length costs ${(ofLong / ofShort).toFixed(0)} times the CPU`;
}

/** Of all threads, in milliseconds. */
async function cost(work: () => unknown, limitMs: number): Promise<number> {
  const before = process.cpuUsage();
  await script.runInContext(Object.assign(context, { work }), { timeout: limitMs });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const script = new Script("work()");
/** One for all: to make one costs as much as some work. */
const context = createContext({});
