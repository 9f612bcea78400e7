import type {
  FoldResult,
  FoldSolver,
  PartResult,
  SolveRequest,
  SolverArena,
  SolverLimits,
  SolverPart,
  SolverProblem,
} from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { arenaMap, kernelArena } from "./arena.ts";
import { chains } from "./chains.ts";
import { svmLayout } from "./layout.ts";
import { decodePairAnswer, type DecisionForm, type PairEntry } from "./pair-answer.ts";
import { type PairPartInput, runPairPart } from "./pair-part.ts";
import { svmPlan } from "./plan.ts";
import { checkFeatures, denseFeatures, scaleGamma } from "./settings.ts";
import { type PairVotes, votedClasses, votedScores } from "./votes.ts";

/** What a part of the plan does; every kind says whether distances are kept, which decides where the kernel lies. */
type PartInput = { readonly keep: boolean } & (
  | { readonly kind: "features" }
  | { readonly kind: "distances"; readonly first: number; readonly last: number }
  | { readonly kind: "kernel"; readonly gamma: number | null; readonly first: number; readonly last: number }
  | PairPartInput
);

/** Support vector machines over all folds of a data set, sharing distances, kernels and warm starts along C. */
export function svmFoldSolver(problem: SolverProblem): FoldSolver {
  const { data, target, plan, answer } = problem;
  if (target.kind !== "class") {
    throw new HpoError("MODEL_UNSUPPORTED", `svm(): the target must be a class; ${target.name} is a number.`, {
      data: { target: target.name },
    });
  }
  if (problem.weights !== null) {
    throw new HpoError("MODEL_UNSUPPORTED", "svm(): row weights are not supported; leave the weight role out.", {});
  }
  if (answer === "probabilities") {
    throw new HpoError("MODEL_UNSUPPORTED", "svm(): there are no probabilities; use a metric of labels or scores.", {});
  }
  const features = denseFeatures(data);
  const { width } = features;
  const classCount = target.classes.length;
  const form: DecisionForm = answer === "labels" ? "votes" : "values";
  const layout = svmLayout(data, target.codes, { classCount, plan });
  const testCounts = layout.folds.map(({ tested }) => tested);
  let scale: number | undefined;
  const scaled = (): number => {
    scale ??= scaleGamma(data);
    return scale;
  };
  const chainsOf = (requests: readonly SolveRequest[]) => chains(requests, scaled);
  // Requests are combined one by one: what they share is planned and decoded once.
  const planned = new WeakMap<readonly SolveRequest[], ReadonlyMap<number, readonly SolverPart[]>>();
  const decoded = new WeakMap<Uint8Array, readonly (readonly PairEntry[])[]>();

  function entriesOf(bytes: Uint8Array, { costs, pairs }: PairPartInput): readonly (readonly PairEntry[])[] {
    const known = decoded.get(bytes);
    if (known !== undefined) return known;
    let next = 0;
    const entries = pairs.map(() => {
      const { answer: pair, end } = decodePairAnswer(bytes, next, { costs: costs.length, testCounts, form });
      next = end;
      return pair.entries;
    });
    decoded.set(bytes, entries);
    return entries;
  }

  function planFor(requests: readonly SolveRequest[], limits: SolverLimits) {
    return svmPlan(chainsOf(requests), { layout, width, requestCount: requests.length, ...limits, dataEnd: data.dataEnd });
  }

  /** The durable parts of each request. */
  function durableParts(requests: readonly SolveRequest[]): ReadonlyMap<number, readonly SolverPart[]> {
    const known = planned.get(requests);
    if (known !== undefined) return known;
    const found = new Map<number, SolverPart[]>();
    for (const { parts } of planFor(requests, { memoryBytes: Infinity, slots: 1 }).stages) {
      for (const part of parts) {
        if (!part.durable) continue;
        for (const request of part.requests) {
          const list = found.get(request) ?? [];
          list.push(part);
          found.set(request, list);
        }
      }
    }
    planned.set(requests, found);
    return found;
  }

  return {
    plan(requests, limits) {
      checkFeatures(
        data,
        requests.some(({ options }) => options["kernel"] === "linear"),
      );
      return planFor(requests, limits);
    },
    run(part: SolverPart, { sharedOffset, slotOffset }: SolverArena): PartResult {
      const input = part.input as unknown as PartInput;
      const arena = kernelArena(data.memory, sharedOffset, { map: arenaMap(layout, width, input.keep), width });
      switch (input.kind) {
        case "features":
          arena.fillFeatures({ ...features, order: layout.order });
          return nothing;
        case "distances":
          arena.fillDistances(input.first, input.last);
          return nothing;
        case "kernel":
          arena.fillKernel(input.first, input.last, input.gamma);
          return nothing;
        case "pairs":
          return runPairPart(
            input,
            { memory: data.memory, slotOffset, matrix: arena.matrix(input.gamma) },
            { layout, form, classes: target.classes },
          );
      }
    },
    combine(request, requests, parts): readonly FoldResult[] {
      const own = durableParts(requests).get(request.index) ?? [];
      const votes: PairVotes[][] = layout.folds.map(() => []);
      const skipped = layout.folds.map(() => 0);
      for (const part of own) {
        const input = part.input as unknown as PairPartInput;
        const bytes = parts.get(part.key);
        if (bytes === undefined) throw new TypeError(`svm(): the part ${part.key} is missing.`);
        const cost = input.costs.findIndex(({ requests: asking }) => asking.includes(request.index));
        for (const [at, entries] of entriesOf(bytes, input).entries()) {
          const [first, second] = input.pairs[at] as readonly [number, number];
          for (let fold = 0; fold < layout.folds.length; fold++) {
            const entry = entries[fold * input.costs.length + cost] as PairEntry;
            if (entry.decisions === null) continue;
            votes[fold]?.push({ first, second, decisions: entry.decisions });
            if (entry.skipped) (skipped[fold] as number)++;
          }
        }
      }
      return layout.folds.map(({ rank }, fold) => {
        const pairs = (votes[fold] as PairVotes[]).sort((a, b) => a.first - b.first || a.second - b.second);
        const rows = testCounts[fold] as number;
        return {
          fold,
          predicted: votedClasses(rows, rank, pairs),
          scores: answer === "scores" ? votedScores(rows, rank, pairs) : null,
          identical: pairs.length > 0 && skipped[fold] === pairs.length,
        };
      });
    },
  };
}

const nothing: PartResult = Object.freeze({ bytes: new Uint8Array(0), own: [], counts: {}, warnings: [] });
