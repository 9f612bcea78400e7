import { readFileSync } from "node:fs";
import type { SharedMemory } from "../core/shared-memory.ts";

/**
 * The SVM kernels over one memory; every address is a byte offset in it, 16-byte aligned. What each does, with its
 * notation and source, stands in src/kernels/assembly/.
 */
export interface SvmKernels {
  distances: TileKernel;
  products: TileKernel;
  entries: TileKernel;
  exponentials(source: number, out: number, count: number, gamma: number): void;
  polynomials(...input: readonly [source: number, out: number, count: number, gamma: number, c: number, degree: number]): void;
  sigmoids(...input: readonly [source: number, out: number, count: number, gamma: number, c: number]): void;
  exponentialRows(
    ...addresses: readonly [
      source: number,
      sourceStride: number,
      out: number,
      outStride: number,
      rows: number,
      columns: number,
      gamma: number,
    ]
  ): void;
  mirror(...addresses: readonly [matrix: number, stride: number, first: number, last: number, from: number, columns: number]): void;
  reset(problem: number): void;
  bound(problem: number): void;
  offset(problem: number, precise: number): void;
  /** 1 where f of every training row is a finite number. */
  finite(problem: number, precise: number): number;
  /** 1 where the problem is solved, 0 after `count` steps. */
  optimize(problem: number, count: number): number;
  optimizeByCandidates(problem: number, count: number): number;
  optimizeAnyDiagonal(problem: number, count: number): number;
  optimizePrecisely(problem: number, count: number): number;
  /** The largest change of f. */
  regrade(problem: number): number;
  correct(problem: number, count: number): void;
  settle(problem: number): void;
  /** The number of changed rows; −1 where the point is lost. */
  seed(problem: number): number;
  activeRows(problem: number, list: number, margin: number): number;
  gather(problem: number, list: number, compact: number): void;
  scatter(problem: number, list: number, compact: number): number;
  decisions: DecisionKernel;
  decisionJobs(jobs: number, count: number, column: number, out: number): void;
  subtractRows(
    ...addresses: readonly [rows: number, coefficients: number, count: number, column: number, columns: number, values: number]
  ): void;
}

type TileKernel = (
  ...addresses: readonly [
    x: number,
    xStride: number,
    z: number,
    zStride: number,
    width: number,
    first: number,
    last: number,
    columns: number,
    out: number,
    outStride: number,
  ]
) => void;

type DecisionKernel = (
  ...addresses: readonly [
    solutions: 1 | 2,
    rows: number,
    coefficients: number,
    count: number,
    tiles: number,
    tileCount: number,
    out: number,
  ]
) => void;

interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const compiled = new Map<string, object>();
const instances = new WeakMap<SharedMemory, SvmKernels>();

/** The kernels of a memory: compiled once a thread, instantiated once a memory. */
export function svmKernels(memory: SharedMemory): SvmKernels {
  const known = instances.get(memory);
  if (known !== undefined) return known;
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal }).WebAssembly;
  const module = compiled.get("svm") ?? new Module(readFileSync(new URL("./svm.wasm", import.meta.url)));
  compiled.set("svm", module);
  const kernels = new Instance(module, { env: { memory } }).exports as SvmKernels;
  instances.set(memory, kernels);
  return kernels;
}
