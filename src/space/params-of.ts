import type { FloatParameter, IntParameter, Params, Space } from "../core/space.ts";
import type { Branches } from "./choice.ts";

/** Any space, typed by what `float`, `int`, `values` and `choice` return: the constraint of what infers from a space. */
export type TypedSpace = Space;

/**
 * The configurations of a space, with exact literal types: one flat object, or, where choices have branches, the union
 * of one flat object for each combination of branches, told apart by the choices.
 */
export type ParamsOf<S extends TypedSpace> = string extends keyof S ? Params : Flat<Plain<S> & Branching<S>>;

/** The names of a space's floats, those of all branches. */
export type FloatNames<S extends TypedSpace> = string extends keyof S
  ? string
  : {
      [K in keyof S & string]: S[K] extends FloatParameter ? K : S[K] extends WithBranches ? FloatsWithin<S[K]["branches"]> : never;
    }[keyof S & string];

type FloatsWithin<B> = { [Branch in keyof B]: B[Branch] extends TypedSpace ? FloatNames<B[Branch]> : never }[keyof B];

interface WithBranches {
  readonly kind: "choice";
  readonly branches: Branches;
}

type ValueOf<P> = P extends FloatParameter | IntParameter ? number : P extends { readonly values: readonly (infer V)[] } ? V : never;

type Plain<S> = { [K in keyof S as S[K] extends WithBranches ? never : K]: ValueOf<S[K]> };

/** The intersection, over the choices with branches, of each one's union. Functions keep each union in one piece. */
type Branching<S> = {
  [K in keyof S]: S[K] extends WithBranches ? (union: Alternatives<K, S[K]["branches"]>) => void : never;
}[keyof S] extends (all: infer I) => void
  ? I
  : never;

type Alternatives<K extends PropertyKey, B> = {
  [Branch in keyof B]: { [Name in K]: `${Branch & (string | number)}` } & (B[Branch] extends TypedSpace ? ParamsOf<B[Branch]> : never);
}[keyof B];

/** One object type in place of an intersection, for each member of a union: what editors show. */
type Flat<T> = T extends unknown ? { readonly [K in keyof T]: T[K] } : never;
