import { sharedMemory } from "#hpo/core/shared-memory";
import { svmKernels } from "#hpo/kernels/svm-kernels";
import { svmProblem } from "#hpo/kernels/svm-problem";
import { rng } from "#hpo/math/rng";

/** A memory with room, its kernels, and views of all of it. */
export function bench(bytes: number) {
  const memory = sharedMemory(bytes);
  return {
    memory,
    kernels: svmKernels(memory),
    f32: new Float32Array(memory.buffer),
    f64: new Float64Array(memory.buffer),
    u32: new Uint32Array(memory.buffer),
  };
}

export interface ProblemShape {
  /** Weights from 0 to 1000 instead of 1. */
  readonly weighted?: boolean;
  /** Both ranges are the same rows and targets are any numbers, as in ε-SVR. */
  readonly regression?: boolean;
  /** Products instead of exp(−D): any diagonal. */
  readonly linear?: boolean;
  /** The rows 16 to 31 of class a are not trained on: a whole block, which the solver passes over. */
  readonly hole?: boolean;
}

/** Every shape of problem that a kernel may meet. */
export const shapes: readonly ProblemShape[] = [
  {},
  { weighted: true },
  { linear: true },
  { regression: true },
  { regression: true, weighted: true, linear: true },
  { hole: true },
  { hole: true, linear: true },
];

/** A random two-class problem in memory, with rows that are not trained on, in two ranges of a larger kernel matrix. */
export function twoClassProblem(seed: number, { weighted = false, regression = false, linear = false, hole = false }: ProblemShape = {}) {
  const size = 80;
  const ranges = regression
    ? { startA: 16, sizeA: 32, startB: 16, sizeB: 32 }
    : { startA: 16, sizeA: hole ? 48 : 32, startB: 64, sizeB: 16 };
  const local = ranges.sizeA + ranges.sizeB;
  const tools = bench(1 << 17);
  const { f32, u32, f64 } = tools;
  const random = rng(seed);
  const points = Array.from({ length: size }, () => [random.normal(), random.normal(), random.normal()] as const);
  const [kernel, block] = [4096, 0];
  for (const [i, p] of points.entries()) {
    for (const [j, q] of points.entries()) {
      const value = linear
        ? p.reduce((sum, v, at) => sum + v * (q[at] as number), 0)
        : Math.exp(-p.reduce((sum, v, at) => sum + (v - (q[at] as number)) ** 2, 0));
      f32[kernel / 4 + i * size + j] = value;
    }
  }
  const at = {
    coefficient: 32768,
    gradient: 36864,
    up: 40960,
    low: 45056,
    precise: 49152,
    outside: 53248,
    diagonal: 57344,
    supports: 61440,
    candidates: 62976,
    weight: 63488,
    target: 64512,
  };
  for (const [member, value] of Object.entries({ kernel, stride: size * 4, ...ranges, ...at })) {
    u32[(block + svmProblem[member as keyof typeof svmProblem]) / 4] = value;
  }
  for (let i = 0; i < size; i++) f32[at.diagonal / 4 + i] = f32[kernel / 4 + i * (size + 1)] as number;
  const member = (name: "bound" | "tolerance" | "highest" | "lowest" | "offset" | "step") => (block + svmProblem[name]) / 8;
  f64[member("tolerance")] = 1e-3;
  const y = (l: number): number => (l < ranges.sizeA ? 1 : -1);
  for (let l = 0; l < local; l++) {
    f32[at.outside / 4 + l] = random.uniform() < 0.2 || (hole && l >= 16 && l < 32) ? -Infinity : 0;
    f64[at.weight / 8 + l] = weighted ? ([0, 1e-3, 0.5, 1, 3, 1e3][Math.floor(random.uniform() * 6)] as number) : 1;
    f64[at.target / 8 + l] = regression ? 3 * random.normal() - 0.1 * y(l) : y(l);
  }
  const position = (l: number): number => (l < ranges.sizeA ? ranges.startA + l : ranges.startB + l - ranges.sizeA);
  return {
    ...tools,
    block,
    local,
    ...ranges,
    /** Where the kernel matrix lies, and bytes from a row to the next. */
    kernelAt: kernel,
    stride: size * 4,
    member,
    at,
    k: (i: number, j: number): number => f32[kernel / 4 + position(i) * size + position(j)] as number,
    y,
    trained: (l: number): boolean => f32[at.outside / 4 + l] === 0 && (f64[at.weight / 8 + l] as number) > 0,
    a: f64.subarray(at.coefficient / 8, at.coefficient / 8 + local),
    weight: f64.subarray(at.weight / 8, at.weight / 8 + local),
    target: f64.subarray(at.target / 8, at.target / 8 + local),
    exact: f64.subarray(at.precise / 8, at.precise / 8 + local),
    gradient: f32.subarray(at.gradient / 4, at.gradient / 4 + local),
    up: f32.subarray(at.up / 4, at.up / 4 + local),
    low: f32.subarray(at.low / 4, at.low / 4 + local),
    outside: f32.subarray(at.outside / 4, at.outside / 4 + local),
    /** f where it is kept: not in a hole. */
    kept: (f: Float32Array): Float32Array => f.filter((_, l) => !(hole && l >= 16 && l < 32)),
    steps: (): number => u32[(block + svmProblem.steps) / 4] as number,
    support: (): number => u32[(block + svmProblem.support) / 4] as number,
    bounded: (): number => u32[(block + svmProblem.bounded) / 4] as number,
    /** Sets C, and starts from a = 0. */
    start(bound: number): void {
      tools.kernels.reset(block);
      f64[member("bound")] = bound;
      tools.kernels.bound(block);
    },
  };
}

export type TwoClassProblem = ReturnType<typeof twoClassProblem>;
