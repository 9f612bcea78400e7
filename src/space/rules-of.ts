import type { ParamsOf, TypedSpace } from "./params-of.ts";

/**
 * A combination that no trial may have, typed by the space: for each parameter named a value, a list of values, or
 * `{ min, max }` of numbers (ends included, either may be left out). A configuration has it where all these parameters are active and all values fit.
 */
export type Forbidden<S extends TypedSpace> = { readonly [K in Names<ParamsOf<S>>]?: Values<ValueAt<ParamsOf<S>, K>> };

/**
 * A linear inequality, typed by the space: `{ sum: { a: 1, b: 2 }, max: 10 }` means a + 2 b ≤ 10, with `min` likewise. It says
 * nothing of a configuration in which one of the parameters is not active.
 */
export interface Limit<S extends TypedSpace> {
  readonly sum: { readonly [K in NumericNames<ParamsOf<S>>]?: number };
  readonly min?: number;
  readonly max?: number;
}

/** A configuration of which some values are given; typed by the space. */
export type PartialParams<S extends TypedSpace> = PartialOf<ParamsOf<S>>;

/** What makes a configuration simpler, typed by the space: a number's size, or all values of a parameter from the simplest on. */
export type Simplicity<S extends TypedSpace> = SimplicityOf<ParamsOf<S>, Names<ParamsOf<S>>>;

type SimplicityOf<P, K> = K extends PropertyKey
  ? {
      readonly parameter: K;
      readonly simpler: readonly ValueAt<P, K>[] | ([Exclude<ValueAt<P, K>, number>] extends [never] ? "smaller" | "larger" : never);
    }
  : never;

type PartialOf<P> = P extends unknown ? { readonly [K in keyof P]?: P[K] } : never;

type Names<P> = P extends unknown ? keyof P : never;

type ValueAt<P, K> = P extends unknown ? (K extends keyof P ? P[K] : never) : never;

type Values<V> = V | readonly V[] | ([Extract<V, number>] extends [never] ? never : { readonly min?: number; readonly max?: number });

type NumericNames<P> = { [K in Names<P>]: [Extract<ValueAt<P, K>, number>] extends [never] ? never : K }[Names<P>];
