import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import { tileColumns } from "./decisions.ts";
import type { PairFold } from "./pair-answer.ts";
import type { PairRanges } from "./pair-problem.ts";
import type { Scratch } from "./scratch.ts";

/** One or two solutions of a pair: the rows that support them, and where the kernel values of those rows lie. */
export interface VoteJob {
  /** Place of the pair in the list of pairs. */
  readonly pair: number;
  readonly firstSolution: number;
  readonly solutions: 1 | 2;
  readonly fold: PairFold;
  readonly ranges: PairRanges;
}

/** Kernel rows in memory: the address of position 0's, and the bytes to the next. */
export interface PositionRows {
  readonly address: number;
  readonly stride: number;
}

export interface JobLimits {
  readonly jobs: number;
  readonly listBytes: number;
}

/** f64 values from a job's decisions to the next one's. */
export const jobValues: number = 2 * tileColumns;

/** Jobs that a kernel call does: a running loop is never recompiled, so calls are short. */
const callJobs = 32;
/** Lists of more bytes than this are loaded in turns. */
const mostListBytes = 16 * 1024 ** 2;
const mostJobs = 2048;

/** What the jobs of a fold take at most, for pairs of these sizes and a number of asked-for C. */
export function jobLimits(sizes: readonly number[], costs: number): JobLimits {
  const each = Math.ceil((costs + 1) / 2);
  const bytes = (size: number): number => size * 20 + 64;
  const most = sizes.reduce((sum, size) => sum + each * bytes(size), 0);
  return {
    jobs: Math.min(mostJobs, Math.max(1, sizes.length * each)),
    listBytes: Math.max(Math.min(mostListBytes, most), ...sizes.map(bytes), 64),
  };
}

/** Takes the places of the job table, of the lists, and of the decisions. */
export function takeJobs(space: Scratch, { jobs, listBytes }: JobLimits): readonly [number, number, number] {
  return [space.take(jobs * 16), space.take(listBytes), space.take(jobs * jobValues * 8)];
}

/** The jobs of one pair's fold. */
export function pairJobs(pair: number, fold: PairFold, ranges: PairRanges): VoteJob[] {
  const jobs: VoteJob[] = [];
  for (let first = 0; first < fold.offsets.length; first += 2) {
    jobs.push({ pair, firstSolution: first, solutions: first + 1 < fold.offsets.length ? 2 : 1, fold, ranges });
  }
  return jobs;
}

/** Runs the jobs of a fold over a panel of 16 columns, as often as asked; lists that fit stay loaded. */
export interface JobRunner {
  /** Calls `judge` for every job in order, with the place of its decisions in `values`. */
  run(judge: (job: VoteJob, values: Float64Array, at: number) => void): void;
}

export function jobRunner(
  memory: SharedMemory,
  space: Scratch,
  given: { readonly jobs: readonly VoteJob[]; readonly limits: JobLimits; readonly kernel: PositionRows },
): JobRunner {
  const { limits, kernel } = given;
  const [table, lists, out] = takeJobs(space, limits);
  const values = new Float64Array(memory.buffer, out, limits.jobs * jobValues);
  const entries = new Uint32Array(memory.buffer, table, limits.jobs * 4);
  const rows = new Uint32Array(memory.buffer, lists, limits.listBytes >> 2);
  const packed = new Float64Array(memory.buffer, lists, limits.listBytes >> 3);
  const kernels = svmKernels(memory);
  const loads = cutIntoLoads(given.jobs, limits);
  let loaded: readonly VoteJob[] | undefined;

  /** Writes a job's list of kernel rows from byte `start` on, then their coefficients; says where they are and how many. */
  function loadJob({ fold, firstSolution, solutions, ranges }: VoteJob, start: number): { readonly at: number; readonly count: number } {
    const { locals, coefficients } = fold;
    const { startA, sizeA, startB } = ranges;
    const { length } = locals;
    const at = start + alignedBytes(length * 4);
    const one = firstSolution * length;
    const two = solutions === 2 ? one + length : one;
    const list = start >> 2;
    let to = at >> 3;
    let count = 0;
    for (let place = 0; place < length; place++) {
      const a = coefficients[one + place] as number;
      const b = coefficients[two + place] as number;
      if (a === 0 && b === 0) continue;
      const local = locals[place] as number;
      rows[list + count++] = kernel.address + (local < sizeA ? startA + local : startB + local - sizeA) * kernel.stride;
      packed[to++] = a;
      if (solutions === 2) packed[to++] = b;
    }
    return { at, count };
  }

  function load(jobs: readonly VoteJob[]): void {
    let next = 0;
    for (let job = 0; job < jobs.length; job++) {
      const one = jobs[job] as VoteJob;
      const { at, count } = loadJob(one, next);
      entries[job * 4] = lists + next;
      entries[job * 4 + 1] = lists + at;
      entries[job * 4 + 2] = count;
      entries[job * 4 + 3] = one.solutions;
      next = at + count * one.solutions * 8;
    }
    loaded = jobs;
  }

  return {
    run(judge) {
      for (const jobs of loads) {
        if (loaded !== jobs) load(jobs);
        for (let first = 0; first < jobs.length; first += callJobs) {
          kernels.decisionJobs(table + first * 16, Math.min(callJobs, jobs.length - first), 0, out + first * jobValues * 8);
        }
        for (const [at, job] of jobs.entries()) judge(job, values, at * jobValues);
      }
    },
  };
}

function cutIntoLoads(jobs: readonly VoteJob[], limits: JobLimits): readonly (readonly VoteJob[])[] {
  const loads: VoteJob[][] = [];
  let bytes = Infinity;
  for (const job of jobs) {
    const more = alignedBytes(job.fold.locals.length * 4) + job.fold.locals.length * job.solutions * 8;
    const last = loads.at(-1);
    if (last === undefined || last.length === limits.jobs || bytes + more > limits.listBytes) {
      loads.push([job]);
      bytes = more;
    } else {
      last.push(job);
      bytes += more;
    }
  }
  return loads;
}

function alignedBytes(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
