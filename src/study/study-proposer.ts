import type { EarlierRecord } from "../core/earlier-study.ts";
import type { FinishedTrial } from "../core/sampler.ts";
import type { Params } from "../core/space.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { isFeasible } from "../space/feasibility.ts";
import { checkedSampler } from "./checked-sampler.ts";
import { endWatch } from "./end-rules.ts";
import { type FoldSizes, gainRule } from "./gain-rule.ts";
import type { OutcomeOf } from "./known-outcome.ts";
import { Proposer } from "./proposer.ts";

/** Whether trial n waits for the outcomes of trials 0 … n − lookahead: for its proposal, for its verdicts, or to know whether the study goes on. */
export function looksBack(spec: StudySpec): boolean {
  return spec.sampler.traits.adaptive || spec.pruner !== null || races(spec) || endsByRule(spec);
}

/** What a proposer takes besides the study itself. */
interface ProposerFacts {
  readonly earlier: readonly EarlierRecord[];
  readonly folds?: FoldSizes | null | undefined;
  readonly rowsAfter?: readonly number[] | undefined;
}

/** The proposer of a study, with its rules for its end; `earlier`: what is kept of other studies; `rowsAfter`: of the race's folds. */
export function studyProposer(spec: StudySpec, { earlier, folds = null, rowsAfter }: ProposerFacts, outcomeOf: OutcomeOf): Proposer {
  const { stopAtTarget, staleTrials, stopAtNoise, target, constraints, space, rules, seed } = spec;
  const [objective] = spec.objectives;
  const sampler = checkedSampler(spec.sampler, space);
  const options = { ...spec, sampler, earlier, looksBack: looksBack(spec), ...(rowsAfter === undefined ? {} : { rowsAfter }) };
  if (objective === undefined || !endsByRule(spec)) return new Proposer(options, outcomeOf);
  const ruled = rules.forbid.length + rules.limits.length > 0;
  const context = {
    space,
    seed,
    directions: [objective.direction],
    ...(ruled ? { feasible: (params: Params) => isFeasible(rules, params) } : {}),
  };
  const trialOf = (trial: number): FinishedTrial => proposer.finished(trial);
  const gain = stopAtNoise === null ? {} : { gain: gainRule({ ...stopAtNoise, context, seed, folds, trialOf }) };
  const end = endWatch({
    rules: { target: stopAtTarget ? target : null, staleTrials, ...gain },
    objective,
    constraints,
    outcomeOf,
    firstOf: (trial) => proposer.placeOf(trial).first,
  });
  const proposer = new Proposer({ ...options, end }, outcomeOf);
  return proposer;
}

/** An open study has decided it: `null` is no race. */
function races({ race }: StudySpec): boolean {
  return race === true || race === "exact";
}

function endsByRule({ stopAtTarget, staleTrials, stopAtNoise }: StudySpec): boolean {
  return stopAtTarget || staleTrials !== null || stopAtNoise !== null;
}
