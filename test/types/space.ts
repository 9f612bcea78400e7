import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import type { ParamsOf, TypedSpace } from "#hpo/space/params-of";
import { values } from "#hpo/space/values";
import type { Params } from "#hpo/core/space";

/** Checked by `tsc` alone; nothing here runs. */

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Expect<T extends true> = T;

/** How a study infers from the space written inside it. */
declare function study<const S extends TypedSpace, R = void>(options: { space: S; objective: (params: ParamsOf<S>) => R }): S;

// One shape each.
const numbers = { a: float(0, 1), b: int(1, 9, { log: true }), c: float(0, 1, { step: 0.1 }) };
export type Numbers = Expect<Equal<ParamsOf<typeof numbers>, { readonly a: number; readonly b: number; readonly c: number }>>;

const lists = { C: values([1, 10]), depth: values([1, 2, null]), on: choice([true, false]), by: choice(["gini", "entropy"]) };
export type Lists = Expect<
  Equal<ParamsOf<typeof lists>, { readonly C: 1 | 10; readonly depth: 1 | 2 | null; readonly on: boolean; readonly by: "gini" | "entropy" }>
>;

const kernels = {
  kernel: choice({ rbf: { gamma: float(1e-4, 10, { log: true }) }, poly: { degree: values([2, 3]) }, linear: {} }),
  C: values([1, 10]),
};
export type Kernels = Expect<
  Equal<
    ParamsOf<typeof kernels>,
    | { readonly C: 1 | 10; readonly kernel: "rbf"; readonly gamma: number }
    | { readonly C: 1 | 10; readonly kernel: "poly"; readonly degree: 2 | 3 }
    | { readonly C: 1 | 10; readonly kernel: "linear" }
  >
>;

const nested = {
  model: choice({
    svm: { kernel: choice({ rbf: { gamma: float(0, 1) }, linear: {} }), C: float(1, 10) },
    forest: { trees: int(10, 100) },
  }),
};
export type Nested = Expect<
  Equal<
    ParamsOf<typeof nested>,
    | { readonly model: "svm"; readonly C: number; readonly kernel: "rbf"; readonly gamma: number }
    | { readonly model: "svm"; readonly C: number; readonly kernel: "linear" }
    | { readonly model: "forest"; readonly trees: number }
  >
>;

const two = { a: choice({ x: { p: int(0, 1) }, y: {} }), b: choice({ 1: {}, 2: { q: values(["s"]) } }) };
export type Two = Expect<
  Equal<
    ParamsOf<typeof two>,
    | { readonly a: "x"; readonly p: number; readonly b: "1" }
    | { readonly a: "x"; readonly p: number; readonly b: "2"; readonly q: "s" }
    | { readonly a: "y"; readonly b: "1" }
    | { readonly a: "y"; readonly b: "2"; readonly q: "s" }
  >
>;

const none = {};
export type None = Expect<Equal<ParamsOf<typeof none>, {}>>;
export type Unknown = Expect<Equal<ParamsOf<TypedSpace>, Params>>;

// A name in several branches is there after narrowing to any of them.
const shared = { k: choice({ rbf: { gamma: float(0, 1) }, sigmoid: { gamma: float(0, 1) }, linear: {} }) };
export function sharedGamma(params: ParamsOf<typeof shared>): number {
  return params.k === "linear" ? 0 : params.gamma;
}

// Inferred from a space written in place, without `as const`.
study({
  space: {
    kernel: choice({ rbf: { gamma: float(1e-4, 10, { log: true }) }, poly: { degree: values([2, 3]) }, linear: {} }),
    C: values([1, 10]),
    by: choice(["gini", "entropy"]),
  },
  objective: (params) => {
    const c: 1 | 10 = params.C;
    const by: "gini" | "entropy" = params.by;
    // @ts-expect-error gamma exists only where kernel is "rbf"
    void params.gamma;
    // @ts-expect-error there is no such parameter
    void params.c;
    // @ts-expect-error "rfb" is no branch
    if (params.kernel === "rfb") return 0;
    // @ts-expect-error parameters are frozen
    params.C = 10;
    if (params.kernel === "rbf") {
      // @ts-expect-error degree exists only where kernel is "poly"
      void params.degree;
      const gamma: number = params.gamma;
      return gamma * c + by.length;
    }
    if (params.kernel === "poly") {
      const degree: 2 | 3 = params.degree;
      return degree;
    }
    const rest: "linear" = params.kernel;
    return rest.length;
  },
});
study({ space: nested, objective: (params) => (params.model === "svm" && params.kernel === "rbf" ? params.gamma : 0) });
study({ space: {}, objective: () => 0 });

// Configurations are plain parameters for all that is not typed by the space.
export const asParams = (params: ParamsOf<typeof kernels>): Params => params;

// Misspelled or misplaced definitions.
// @ts-expect-error the option is log
float(0, 1, { lgo: true });
// @ts-expect-error a bound is a number
int("1", 2);
// @ts-expect-error a value is a number, a text, true, false or null
values([{ a: 1 }]);
// @ts-expect-error a value is never undefined
choice(["a", undefined]);
// @ts-expect-error a branch holds parameters
choice({ rbf: { gamma: 3 } });
// @ts-expect-error a branch holds parameters by name
choice({ rbf: float(0, 1) });
// @ts-expect-error a space holds parameters
study({ space: { a: 1 }, objective: () => 0 });
