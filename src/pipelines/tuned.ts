import type { Estimator } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { Parameter, Params, ParamValue, Space } from "../core/space.ts";
import type { Transformer } from "../core/transformer.ts";
import type { Branches, TypedChoice } from "../space/choice.ts";
import type { ParamsOf } from "../space/params-of.ts";

/** A step whose options are partly searched over. `S` is its space, by the options' own names. */
export interface TunedStep<S extends Space = Space> {
  readonly kind: "tuned";
  readonly space: S;
  /** The step for its own parameters, by the options' names. */
  make(own: Params): Transformer | Estimator;
}

/** Options of which some are parameters. */
type Given = Readonly<Record<string, unknown>>;

type SpaceIn<G> = { readonly [K in keyof G as G[K] extends Parameter ? K : never]: Extract<G[K], Parameter> };

type FixedIn<G> = { readonly [K in keyof G as G[K] extends Parameter ? never : K]: G[K] };

/** What the factory gets. */
type Resolved<G> = ParamsOf<SpaceIn<G>> & FixedIn<G>;

type KeysOf<T> = T extends unknown ? keyof T : never;

/** unknown where the options fit the factory's for every configuration; else what can't be given. */
type Fitting<O, G> = [Exclude<KeysOf<Resolved<G>>, KeysOf<O>>] extends [never]
  ? Resolved<G> extends O
    ? unknown
    : { readonly "what the factory takes": O }
  : { readonly [K in Exclude<KeysOf<Resolved<G>>, KeysOf<O>>]: never };

/**
 * A step of `tunedPipeline` some of whose options are searched over: `tuned(pca, { components: int(2, 10) })`,
 * `tuned(svm, { kernel: choice({ rbf: { gamma: float(1e-3, 10, { log: true }) }, linear: {} }), C: 1 })`. What is no parameter is given as it is.
 */
export function tuned<O, const G extends Given>(
  make: (options: O) => Transformer | Estimator,
  options: G & Fitting<NonNullable<O>, G>,
): TunedStep<SpaceIn<G>> {
  if (typeof make !== "function")
    throw new HpoError("OPTION_INVALID", `tuned(): the first argument must be a factory such as pca; got ${showValue(make)}.`);
  const space: Record<string, Parameter> = {};
  const fixed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options as Given)) {
    if (isParameter(value)) space[name] = value;
    else fixed[name] = value;
  }
  return Object.freeze({
    kind: "tuned",
    space: Object.freeze(space) as SpaceIn<G>,
    make: (own: Params) => make({ ...fixed, ...own } as O),
  });
}

const parameterKinds: readonly unknown[] = ["float", "int", "values", "choice"];

function isParameter(value: unknown): value is Parameter {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    parameterKinds.includes(value.kind) &&
    ("low" in value || "values" in value)
  );
}

/** A step's space with the step's name before each of its parameters': "pca.components". */
export type StepSpace<Step extends string, S> = {
  readonly [K in keyof S as `${Step}.${K & string}`]: S[K] extends TypedChoice<infer V extends ParamValue, infer B>
    ? TypedChoice<V, StepBranches<Step, B>>
    : Extract<S[K], Parameter>;
};

type StepBranches<Step extends string, B> = B extends Branches ? { readonly [Branch in keyof B]: StepSpace<Step, B[Branch]> } : null;

/** The same space under "step.option" names, branches too. */
export function stepSpace(step: string, space: Space): Space {
  return Object.fromEntries(
    Object.entries(space).map(([name, parameter]) => {
      const branches = parameter.kind === "choice" ? parameter.branches : null;
      if (branches === null) return [`${step}.${name}`, parameter];
      const named = Object.fromEntries(Object.entries(branches).map(([branch, own]) => [branch, stepSpace(step, own)]));
      return [`${step}.${name}`, { ...parameter, branches: named } as Parameter];
    }),
  );
}
