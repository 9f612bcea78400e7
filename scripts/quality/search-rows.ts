// The samplers of the suite "search", and how long each searches.

/** A sampler, and what it is judged on. */
export interface SearchRow {
  readonly label: string;
  /** As named-sampler.ts reads it; TRIALS stands for their number. */
  readonly sampler: string;
  readonly lookahead?: number;
  readonly on: "function" | "pair" | "table";
  readonly trials: number;
  /** CPU milliseconds a trial, about. */
  readonly milliseconds: number;
  /** The peer's name for this method, or "best" for the best of all. */
  readonly peer?: string;
  /** Why there is none. */
  readonly noPeer?: string;
  /** It looks for something, so it must be better than random search. */
  readonly learns?: boolean;
}

const optunaTpe = "tpe (5.0 default: multivariate)";
const noPeer = "the peers have no such sampler";
const ahead = "the peers run one trial at a time";

export const searchRows: readonly SearchRow[] = [
  { on: "function", label: "auto", sampler: "auto", trials: 500, milliseconds: 15, peer: "best", learns: true },
  { on: "function", label: "auto, lookahead 8", sampler: "auto", lookahead: 8, trials: 200, milliseconds: 15, noPeer: ahead },
  { on: "function", label: "gp", sampler: "startup(10,sobol,gp)", trials: 100, milliseconds: 6, peer: "gp", learns: true },
  { on: "function", label: "tpe", sampler: "tpe", trials: 500, milliseconds: 0.6, peer: optunaTpe, learns: true },
  { on: "function", label: "cmaes", sampler: "cmaes", trials: 500, milliseconds: 0.1, peer: "cmaes", learns: true },
  {
    on: "function",
    label: "differentialEvolution",
    sampler: "differentialEvolution",
    trials: 500,
    milliseconds: 0.1,
    noPeer,
    learns: true,
  },
  { on: "function", label: "random", sampler: "random", trials: 500, milliseconds: 0.1, peer: "random" },
  { on: "function", label: "sobol", sampler: "sobol", trials: 500, milliseconds: 0.1, peer: "qmc-scrambled" },
  { on: "function", label: "halton", sampler: "halton", trials: 500, milliseconds: 0.1, noPeer },
  { on: "function", label: "latinHypercube", sampler: 'latinHypercube({"trials":TRIALS})', trials: 500, milliseconds: 0.1, noPeer },
  { on: "pair", label: "auto", sampler: "auto", trials: 200, milliseconds: 25, peer: "best" },
  { on: "pair", label: "ehvi", sampler: "ehvi", trials: 100, milliseconds: 20, noPeer: "the peers have no figure at 100 trials" },
  { on: "pair", label: "nsga2", sampler: "nsga2", trials: 1000, milliseconds: 0.1, peer: "nsga2" },
  { on: "pair", label: "tpe", sampler: "tpe", trials: 1000, milliseconds: 1, peer: "tpe" },
  { on: "pair", label: "random", sampler: "random", trials: 200, milliseconds: 0.1, peer: "random" },
  { on: "table", label: "auto", sampler: "auto", trials: 100, milliseconds: 3, peer: "best", learns: true },
  { on: "table", label: "auto, lookahead 8", sampler: "auto", lookahead: 8, trials: 100, milliseconds: 3, noPeer: ahead },
  { on: "table", label: "tpe", sampler: "tpe", trials: 100, milliseconds: 1, peer: optunaTpe, learns: true },
  {
    on: "table",
    label: "random",
    sampler: "random",
    trials: 100,
    milliseconds: 0.1,
    noPeer: "the peers' ten seeds of random search were lucky ones (docs/performance.md)",
  },
];
