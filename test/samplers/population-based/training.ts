import { rng, type Params, type Rng, type Sampler, type Space } from "hpo";
import type { FinishedTrial, Proposal } from "#hpo/core/sampler";

/** Something that is trained in intervals; states are plain data that nobody changes. */
export interface Training<State> {
  readonly space: Space;
  readonly begin: () => State;
  /** One interval. */
  train(state: State, params: Params, stream: Rng): State;
  /** To be minimised. */
  loss(state: State): number;
}

export interface TrainedTrial<State> extends Proposal {
  readonly number: number;
  readonly state: State;
  readonly loss: number;
}

/** The loop of a study whose trials continue others: trial n sees the outcomes of trials 0 … n − lookahead. */
export function trained<State>(
  sampler: Sampler,
  training: Training<State>,
  { seed, trials, lookahead = 1 }: { readonly seed: number; readonly trials: number; readonly lookahead?: number },
): readonly TrainedTrial<State>[] {
  const done: TrainedTrial<State>[] = [];
  let known = sampler.start({ space: training.space, directions: ["minimize"], seed });
  let absorbed = 0;
  for (let number = 0; number < trials; number++) {
    for (; absorbed <= number - lookahead; absorbed++) known = sampler.absorb(known, finished(done[absorbed] as TrainedTrial<State>));
    const pending = done.slice(absorbed).map(({ params }) => params);
    const proposal = sampler.propose(known, number, pending, rng(seed).fork("sampler", number)) as Proposal;
    const from = proposal.parent === undefined ? training.begin() : (done[proposal.parent] as TrainedTrial<State>).state;
    const state = training.train(from, proposal.params, rng(seed).fork("trial", number));
    done.push({ ...proposal, number, state, loss: training.loss(state) });
  }
  return done;
}

function finished<State>({ number, params, loss }: TrainedTrial<State>): FinishedTrial {
  return { number, state: "complete", params, values: [loss], standardErrors: [null] };
}
