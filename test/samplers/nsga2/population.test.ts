import fc from "fast-check";
import { expect, it } from "vitest";
import { crowdingDistances, nonDominatedRanks } from "#hpo/math/pareto";
import { admit, emptyPopulation, isBetter, type Newcomer } from "#hpo/samplers/nsga2/population";

/** Selection anew from all members each time, by the words of the paper. */
function survivors(members: readonly Newcomer[], objectives: number, constrained: boolean): Newcomer {
  const broken = (one: Newcomer): number => (Number.isNaN(one.violation) ? (constrained ? Infinity : 0) : one.violation);
  const feasible = members.filter((one) => broken(one) === 0);
  const most = Math.max(...members.map(broken));
  if (most > 0) return members.find((one) => broken(one) === most) as Newcomer;
  const points = Float64Array.from(feasible.flatMap((one) => [...one.values]));
  const ranks = nonDominatedRanks(points, objectives);
  const last = [...ranks.keys()].filter((i) => ranks[i] === Math.max(...ranks));
  const distances = crowdingDistances(points, objectives, last);
  const place = distances.indexOf(Math.min(...distances));
  return feasible[last[place] as number] as Newcomer;
}

it.each([1, 2, 3])(
  "keeps what selection from scratch keeps, for %i objectives, with constraints told, broken and left out",
  (objectives) => {
    const newcomer = fc.record({
      values: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: objectives, maxLength: objectives }),
      violation: fc.constantFrom(0, 0, 0, 1, 2, Infinity, Number.NaN),
    });
    fc.assert(
      fc.property(fc.array(newcomer, { maxLength: 30 }), (drawn) => {
        const population = emptyPopulation(5, 1, objectives);
        let kept: Newcomer[] = [];
        let constrained = false;
        for (const [trial, { values, violation }] of drawn.entries()) {
          const one = { trial, genome: Float64Array.of(trial), values: Float64Array.from(values), violation };
          admit(population, one);
          constrained ||= !Number.isNaN(violation);
          const twin = kept.findIndex((other) => Object.is(other.violation, violation) && other.values.join() === one.values.join());
          if (twin >= 0) kept[twin] = one;
          else kept.push(one);
          if (kept.length > 5) {
            const worst = survivors(kept, objectives, constrained);
            kept = kept.filter((other) => other !== worst);
          }
          expect([...population.trials.subarray(0, population.size)]).toEqual(kept.map((other) => other.trial));
          expect([...population.genomes.subarray(0, population.size)]).toEqual(kept.map((other) => other.trial));
        }
      }),
      { seed: 11, numRuns: 150 },
    );
  },
);

it("prefers feasible to infeasible, a smaller violation, a lower rank and then the less crowded", () => {
  const population = emptyPopulation(8, 1, 2);
  const add = (trial: number, values: number[], violation: number) =>
    admit(population, { trial, genome: Float64Array.of(0), values: Float64Array.from(values), violation });
  add(0, [0, 0], 3);
  add(1, [9, 9], 0);
  add(2, [1, 4], 0);
  add(3, [2, 3], 0);
  add(4, [4, 1], 0);
  add(5, [0, 9], 1);
  add(6, [8, 0], 0);
  const order = [...population.trials.subarray(0, population.size).keys()].sort((a, b) => (isBetter(population, a, b) ? -1 : 1));
  expect(order).toEqual([2, 6, 4, 3, 1, 5, 0]);
});
