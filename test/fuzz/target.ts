import { performance } from "node:perf_hooks";
import fc from "fast-check";
import { HpoError } from "hpo";
import { WrongAnswer } from "./wrong-answer.ts";
import { sentenceKind, sentenceProblem } from "./sentence.ts";

/** Something that reads what others wrote. */
export interface FuzzTarget<Case = unknown> {
  readonly name: string;
  readonly cases: fc.Arbitrary<Case>;
  /**
   * Lets the reader read. Returns where it took the case and its answer is right; returns a refusal, or throws the reader's HpoError, where it did not.
   * Anything else that is thrown is a finding.
   */
  read(given: Case): Promise<Refusal | void> | Refusal | void;
  /** A file of the corpus as a case. */
  fromCorpus(bytes: Buffer, name: string): Case;
  /** Parts of sentences that every long run must have seen: each refusal of the reader. */
  readonly refusals: readonly string[];
  /** Least share of cases that are taken: a generator whose cases all fail at the first byte tests nothing. */
  readonly leastAccepted: number;
}

export type Refusal = Pick<HpoError, "code" | "message">;

/** What a number of cases came to. */
export interface FuzzTally {
  cases: number;
  accepted: number;
  readonly codes: Map<string, number>;
  /** How often each sentence was said, without what came. */
  readonly sentences: Map<string, number>;
  /** Of the slowest case, CPU seconds of this process. */
  slowest: number;
}

export function fuzzTally(): FuzzTally {
  return { cases: 0, accepted: 0, codes: new Map(), sentences: new Map(), slowest: 0 };
}

/** CPU seconds that one case may take; the files are of some kilobytes. */
const deadline = 10;

/** Runs one case and judges how it ended. @throws Error with what is wrong */
export async function runCase<Case>(target: FuzzTarget<Case>, given: Case, tally: FuzzTally): Promise<void> {
  const start = process.cpuUsage();
  let refusal: Refusal | undefined;
  try {
    refusal = (await target.read(given)) ?? undefined;
  } catch (error) {
    if (!(error instanceof HpoError)) throw otherClass(error);
    refusal = error;
  }
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  tally.cases++;
  tally.slowest = Math.max(tally.slowest, seconds);
  refusePollution();
  if (seconds > deadline) throw new Error(`took ${seconds.toFixed(1)} s of CPU`);
  if (refusal === undefined) {
    tally.accepted++;
    return;
  }
  const problem = sentenceProblem(refusal);
  if (problem !== undefined) throw new Error(problem);
  count(tally.codes, refusal.code);
  count(tally.sentences, sentenceKind(refusal.message));
}

function otherClass(error: unknown): Error {
  // A finding of the target's own is told as it is.
  if (error instanceof WrongAnswer) return error;
  const { name, message, stack } = error instanceof Error ? error : { name: typeof error, message: String(error), stack: "" };
  return new Error(`${name} in place of an HpoError: ${message.slice(0, 300)}\n${stack?.split("\n").slice(1, 5).join("\n")}`);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Number.prototype, Map.prototype];
const known = prototypes.map((one) => Reflect.ownKeys(one).length);

function refusePollution(): void {
  prototypes.forEach((one, at) => {
    if (Reflect.ownKeys(one).length === known[at]) return;
    const added = Reflect.ownKeys(one).slice(known[at]);
    for (const key of added) Reflect.deleteProperty(one, key);
    throw new Error(`a prototype was polluted with ${added.map(String).join(", ")}`);
  });
}

export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
  /** Called before each case, so that one that never ends can be named. */
  readonly before?: ((block: number, at: number) => void) | undefined;
  readonly say?: ((line: string) => void) | undefined;
}

export interface FuzzResult extends FuzzTally {
  /** Each with the seed of its block, and its case where it is short. */
  readonly problems: readonly string[];
}

const blockCases = 200;
const mostProblems = 12;

/** Many cases in blocks, each of a seed of its own: a finding ends its block, and the others go on. */
export async function fuzzTarget<Case>(target: FuzzTarget<Case>, { cases, seed, before, say }: FuzzOptions): Promise<FuzzResult> {
  const tally = fuzzTally();
  const problems = new Map<string, string>();
  const start = performance.now();
  for (let block = 0; tally.cases < cases && problems.size < mostProblems; block++) {
    const ofBlock = seed * 1_000_003 + block;
    let at = 0;
    const one = async (given: Case): Promise<void> => {
      before?.(ofBlock, at++);
      await runCase(target, given, tally);
    };
    const numRuns = Math.min(blockCases, cases - tally.cases);
    const found = await fc.check(fc.asyncProperty(target.cases, one), { seed: ofBlock, numRuns, endOnFailure: true });
    if (found.failed && found.counterexample !== null) {
      const error = found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance);
      const kind = sentenceKind(error);
      if (!problems.has(kind)) {
        const problem = `${target.name}, block ${ofBlock}: ${error}\n  case ${shown(found.counterexample[0])}`;
        problems.set(kind, problem);
        say?.(problem);
      }
    }
    if (block % 20 === 19)
      say?.(`  ${target.name}: ${tally.cases} of ${cases} cases, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  return { ...tally, problems: [...problems.values()] };
}

function shown(given: unknown): string {
  let text: string;
  try {
    text = fc.stringify(given);
  } catch {
    // A value nested thousands deep.
    return "that can't be shown";
  }
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
