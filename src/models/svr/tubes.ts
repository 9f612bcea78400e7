import type { SolveRequest } from "../../core/estimator.ts";
import { type Chain, chains } from "../svm/chains.ts";

/** Requests that differ in C alone: a chain with the half-width ε of its tube. */
export interface Tube extends Chain {
  readonly epsilon: number;
}

/** The tubes of a group, those of equal kernels behind one another. */
export function tubes(requests: readonly SolveRequest[], scaleGamma: () => number): readonly Tube[] {
  const byEpsilon = new Map<number, SolveRequest[]>();
  for (const request of requests) {
    const epsilon = request.options["epsilon"] as number;
    const members = byEpsilon.get(epsilon) ?? [];
    members.push(request);
    byEpsilon.set(epsilon, members);
  }
  const all = [...byEpsilon].flatMap(([epsilon, members]) =>
    chains(members, scaleGamma).map((chain) => ({ ...chain, key: `${chain.key} tube=${epsilon}`, epsilon })),
  );
  const byKernel = new Map<string, Tube[]>();
  for (const tube of all) {
    const kernel = JSON.stringify(tube.kernel);
    byKernel.set(kernel, [...(byKernel.get(kernel) ?? []), tube]);
  }
  return [...byKernel.values()].flat();
}
