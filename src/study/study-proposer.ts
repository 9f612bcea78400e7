import type { EarlierRecord } from "../core/earlier-study.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { endWatch } from "./end-rules.ts";
import { type OutcomeOf, Proposer } from "./proposer.ts";

/** Whether trial n waits for the outcomes of trials 0 … n − lookahead: for its proposal, for its verdicts, or to know whether the study goes on. */
export function looksBack(spec: StudySpec): boolean {
  return spec.sampler.traits.adaptive || spec.pruner !== null || endsByRule(spec);
}

/** The proposer of a study, with its rules for its end; `earlier`: what is kept of other studies. */
export function studyProposer(spec: StudySpec, earlier: readonly EarlierRecord[], outcomeOf: OutcomeOf): Proposer {
  const { stopAtTarget, staleTrials, target, constraints } = spec;
  const [objective] = spec.objectives;
  const options = { ...spec, earlier, looksBack: looksBack(spec) };
  if (objective === undefined || !endsByRule(spec)) return new Proposer(options, outcomeOf);
  const end = endWatch({
    rules: { target: stopAtTarget ? target : null, staleTrials },
    objective,
    constraints,
    outcomeOf,
    firstOf: (trial) => proposer.placeOf(trial).first,
  });
  const proposer = new Proposer({ ...options, end }, outcomeOf);
  return proposer;
}

function endsByRule({ stopAtTarget, staleTrials }: StudySpec): boolean {
  return stopAtTarget || staleTrials !== null;
}
