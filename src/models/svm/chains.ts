import type { SolveRequest } from "../../core/estimator.ts";
import { type ClassWeight, classWeightKey } from "./class-weights.ts";
import { type Kernel, kernelName } from "./kernel.ts";
import type { SvmSettings } from "./settings.ts";
import { svmSettings } from "./settings.ts";

/** Requests that differ in C alone: they share kernel values, warm starts and parts. */
export interface Chain {
  /** Unique among the chains of a plan, and stable. */
  readonly key: string;
  readonly kernel: Kernel;
  readonly classWeight: ClassWeight | null;
  readonly tolerance: number;
  readonly maxIterations: number;
  /** The distinct C, ascending, each with the requests that ask for it. */
  readonly costs: readonly { readonly C: number; readonly requests: readonly number[] }[];
}

/** The chains of a group, in the order of their first request. */
export function chains(requests: readonly SolveRequest[], scaleGamma: () => number): readonly Chain[] {
  const found = new Map<string, { settings: SvmSettings; costs: Map<number, number[]> }>();
  for (const { index, options } of requests) {
    const settings = svmSettings(options, scaleGamma);
    const key = chainKey(settings);
    const chain = found.get(key) ?? { settings, costs: new Map<number, number[]>() };
    found.set(key, chain);
    const asking = chain.costs.get(settings.C) ?? [];
    asking.push(index);
    chain.costs.set(settings.C, asking);
  }
  return [...found].map(([key, { settings, costs }]) => ({
    key,
    kernel: settings.kernel,
    classWeight: settings.classWeight,
    tolerance: settings.tolerance,
    maxIterations: settings.maxIterations,
    costs: [...costs].sort(([a], [b]) => a - b).map(([C, asking]) => ({ C, requests: asking })),
  }));
}

/** What decides an answer, C aside. */
export function chainKey({ kernel, classWeight, tolerance, maxIterations }: Omit<SvmSettings, "C">): string {
  const weights = classWeightKey(classWeight);
  return `${weights === "" ? "" : `weights ${weights} `}${kernelName(kernel)} ε=${tolerance} limit=${maxIterations}`;
}
