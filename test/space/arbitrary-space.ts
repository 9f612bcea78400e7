import fc from "fast-check";
import type { Parameter, Space } from "#hpo/core/space";
import { checkSpace } from "#hpo/space/check-space";

const scalar = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.constantFrom("a", "b", "constructor", "toString", ""),
  fc.boolean(),
  fc.constant(null),
);
const list = fc.uniqueArray(scalar, { minLength: 1, maxLength: 5, selector: String });
const bounds = (from: number, to: number) =>
  fc
    .tuple(fc.double({ min: from, max: to, noNaN: true }), fc.double({ min: from, max: to, noNaN: true }))
    .map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));
const integers = (from: number, to: number) =>
  fc
    .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
    .map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));

const continuous: fc.Arbitrary<Parameter> = fc.oneof(
  fc
    .oneof(bounds(-10, 10), bounds(-Number.MAX_VALUE, Number.MAX_VALUE))
    .map(([low, high]) => ({ kind: "float", low, high, log: false, step: null }) as const),
  fc.oneof(bounds(1e-5, 100), bounds(1e-300, 1e300)).map(([low, high]) => ({ kind: "float", low, high, log: true, step: null }) as const),
);

const countable: fc.Arbitrary<Parameter> = fc.oneof(
  fc
    .tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 40 }), fc.constantFrom(1, 0.5, 0.1, 0.25, 0.3, 1e-3, 7))
    .map(([low, length, step]) => ({ kind: "float", low: low / 10, high: low / 10 + length / 10, log: false, step }) as const),
  fc
    .tuple(fc.oneof(integers(-20, 20), integers(-1e9, 1e9)), fc.integer({ min: 1, max: 7 }))
    .map(([[low, high], step]) => ({ kind: "int", low, high, log: false, step }) as const),
  fc.oneof(integers(1, 50), integers(1, 2 ** 31 - 1)).map(([low, high]) => ({ kind: "int", low, high, log: true, step: 1 }) as const),
  list.map((values) => ({ kind: "values", values }) as const),
  list.map((values) => ({ kind: "choice", values, branches: null }) as const),
);

/** Random valid spaces, up to three levels deep; `finite` leaves out floats without a step. Names never repeat. */
export function arbitrarySpace(finite: boolean): fc.Arbitrary<Space> {
  const leaf = finite ? countable : fc.oneof(continuous, countable);
  const names = ["a", "constructor", "b c", "toString", "7"];
  const at = (prefix: string, depth: number): fc.Arbitrary<Space> =>
    fc
      .array(depth === 0 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: branching(prefix, depth) }), {
        maxLength: 3,
      })
      .map((parameters) => Object.fromEntries(parameters.map((parameter, i) => [`${prefix}${names[i]}`, parameter])));
  const branching = (prefix: string, depth: number): fc.Arbitrary<Parameter> =>
    fc.uniqueArray(fc.constantFrom("x", "y", "valueOf", "1"), { minLength: 1, maxLength: 3 }).chain((branches) =>
      fc
        // A prefix of its own for every choice keeps names apart.
        .tuple(fc.uuid(), ...branches.map((_, i) => at(`${prefix}${i}.`, depth - 1)))
        .map(([id, ...spaces]) => {
          const entries = branches.map((branch, i) => [branch, prefixed(spaces[i] as Space, id)] as const);
          const inner = Object.fromEntries(entries);
          return { kind: "choice", values: Object.keys(inner), branches: inner } as const;
        }),
    );
  return at("", 2).map((space) => checkSpace(space));
}

function prefixed(space: Space, prefix: string): Space {
  return Object.fromEntries(Object.entries(space).map(([name, parameter]) => [`${prefix}${name}`, parameter]));
}
