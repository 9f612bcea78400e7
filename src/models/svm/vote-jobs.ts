import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import { tileColumns } from "./decisions.ts";
import type { PairFold } from "./pair-answer.ts";
import type { PairRanges } from "./pair-problem.ts";
import type { Scratch } from "./scratch.ts";

/** One or two solutions of a pair, as the list of kernel rows that support them. */
export interface VoteJob {
  /** Place of the pair in the list of pairs. */
  readonly pair: number;
  readonly firstSolution: number;
  readonly solutions: 1 | 2;
  /** Addresses of kernel rows. */
  readonly rows: Uint32Array;
  /** One a solution for each row. */
  readonly coefficients: Float64Array;
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

/** The jobs of one pair's fold; `address` is the kernel row of position 0, `stride` the bytes to the next. */
export function pairJobs(
  pair: number,
  fold: PairFold,
  kernel: { readonly ranges: PairRanges; readonly address: number; readonly stride: number },
): VoteJob[] {
  const { startA, sizeA, startB } = kernel.ranges;
  const { locals, coefficients, offsets } = fold;
  const jobs: VoteJob[] = [];
  for (let first = 0; first < offsets.length; first += 2) {
    const solutions = first + 1 < offsets.length ? 2 : 1;
    const rows = new Uint32Array(locals.length);
    const packed = new Float64Array(locals.length * solutions);
    const one = first * locals.length;
    const two = solutions === 2 ? one + locals.length : one;
    let count = 0;
    for (let at = 0; at < locals.length; at++) {
      const a = coefficients[one + at] as number;
      const b = coefficients[two + at] as number;
      if (a === 0 && b === 0) continue;
      const local = locals[at] as number;
      rows[count] = kernel.address + (local < sizeA ? startA + local : startB + local - sizeA) * kernel.stride;
      packed[count * solutions] = a;
      if (solutions === 2) packed[count * 2 + 1] = b;
      count++;
    }
    jobs.push({
      pair,
      firstSolution: first,
      solutions,
      rows: rows.subarray(0, count),
      coefficients: packed.subarray(0, count * solutions),
    });
  }
  return jobs;
}

/** Runs the jobs of a fold over a panel of 16 columns, as often as asked; lists that fit stay loaded. */
export interface JobRunner {
  /** Calls `judge` for every job in order, with the place of its decisions in `values`. */
  run(judge: (job: VoteJob, values: Float64Array, at: number) => void): void;
}

export function jobRunner(memory: SharedMemory, space: Scratch, given: { jobs: readonly VoteJob[]; limits: JobLimits }): JobRunner {
  const { limits } = given;
  const [table, lists, out] = takeJobs(space, limits);
  const values = new Float64Array(memory.buffer, out, limits.jobs * jobValues);
  const kernels = svmKernels(memory);
  const loads = cutIntoLoads(given.jobs, limits);
  let loaded: readonly VoteJob[] | undefined;

  function load(jobs: readonly VoteJob[]): void {
    const entries = new Uint32Array(memory.buffer, table, jobs.length * 4);
    let next = lists;
    for (const [at, { rows, coefficients, solutions }] of jobs.entries()) {
      const coefficientsAt = next + alignedBytes(rows.byteLength);
      new Uint32Array(memory.buffer, next, rows.length).set(rows);
      new Float64Array(memory.buffer, coefficientsAt, coefficients.length).set(coefficients);
      entries[at * 4] = next;
      entries[at * 4 + 1] = coefficientsAt;
      entries[at * 4 + 2] = rows.length;
      entries[at * 4 + 3] = solutions;
      next = coefficientsAt + coefficients.byteLength;
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
    const more = alignedBytes(job.rows.byteLength) + job.coefficients.byteLength;
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
