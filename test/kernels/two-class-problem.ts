import { sharedMemory } from "#hpo/core/shared-memory";
import { svmKernels } from "#hpo/kernels/svm-kernels";
import { svmProblem } from "#hpo/kernels/svm-problem";
import { rng } from "#hpo/math/rng";

/** A memory with room, its kernels, and views of all of it. */
export function bench(bytes: number) {
  const memory = sharedMemory(bytes);
  return {
    kernels: svmKernels(memory),
    f32: new Float32Array(memory.buffer),
    f64: new Float64Array(memory.buffer),
    u32: new Uint32Array(memory.buffer),
  };
}

/** A random two-class problem in memory, with rows that are not trained on, in two ranges of a larger kernel matrix. */
export function twoClassProblem(seed: number) {
  const size = 80;
  const ranges = { startA: 16, sizeA: 32, startB: 64, sizeB: 16 };
  const local = ranges.sizeA + ranges.sizeB;
  const tools = bench(1 << 17);
  const { f32, u32, f64, kernels } = tools;
  const random = rng(seed);
  const points = Array.from({ length: size }, () => [random.normal(), random.normal(), random.normal()] as const);
  const [kernel, block] = [4096, 0];
  const k = (i: number, j: number): number => f32[kernel / 4 + i * size + j] as number;
  for (const [i, p] of points.entries()) {
    for (const [j, q] of points.entries())
      f32[kernel / 4 + i * size + j] = Math.exp(-p.reduce((sum, v, at) => sum + (v - (q[at] as number)) ** 2, 0));
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
  };
  for (const [member, value] of Object.entries({ kernel, stride: size * 4, ...ranges, ...at })) {
    u32[(block + svmProblem[member as keyof typeof svmProblem]) / 4] = value;
  }
  f32.fill(1, at.diagonal / 4, at.diagonal / 4 + size);
  const member = (name: "bound" | "tolerance" | "highest" | "lowest" | "offset") => (block + svmProblem[name]) / 8;
  f64[member("tolerance")] = 1e-3;
  for (let l = 0; l < local; l++) f32[at.outside / 4 + l] = random.uniform() < 0.2 ? -Infinity : 0;
  const position = (l: number): number => (l < ranges.sizeA ? ranges.startA + l : ranges.startB + l - ranges.sizeA);
  return {
    ...tools,
    kernels,
    block,
    local,
    member,
    k: (i: number, j: number): number => k(position(i), position(j)),
    y: (l: number): number => (l < ranges.sizeA ? 1 : -1),
    trained: (l: number): boolean => f32[at.outside / 4 + l] === 0,
    a: f64.subarray(at.coefficient / 8, at.coefficient / 8 + local),
    gradient: f32.subarray(at.gradient / 4, at.gradient / 4 + local),
    steps: (): number => u32[(block + svmProblem["steps"]) / 4] as number,
  };
}
