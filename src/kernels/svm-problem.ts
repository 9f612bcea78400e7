/**
 * The parameter block of one two-class problem: byte offsets of its members, as in src/kernels/assembly/problem.ts,
 * where their meaning stands.
 */
export const svmProblem: Readonly<Record<SvmProblemMember | "bytes", number>> = Object.freeze({
  bytes: 192,
  kernel: 0,
  stride: 4,
  startA: 8,
  startB: 12,
  sizeA: 16,
  sizeB: 20,
  coefficient: 24,
  gradient: 28,
  up: 32,
  low: 36,
  precise: 40,
  outside: 44,
  diagonal: 48,
  steps: 60,
  step: 64,
  bound: 72,
  tolerance: 80,
  highest: 88,
  lowest: 96,
  offset: 104,
  support: 112,
  bounded: 116,
  supports: 120,
  weight: 124,
  target: 128,
  candidates: 132,
});

export type SvmProblemMember =
  | "kernel"
  | "stride"
  | "startA"
  | "startB"
  | "sizeA"
  | "sizeB"
  | "coefficient"
  | "gradient"
  | "up"
  | "low"
  | "precise"
  | "outside"
  | "diagonal"
  | "steps"
  | "step"
  | "bound"
  | "tolerance"
  | "highest"
  | "lowest"
  | "offset"
  | "support"
  | "bounded"
  | "supports"
  | "weight"
  | "target"
  | "candidates";
