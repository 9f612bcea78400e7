import { describe, expect, it } from "vitest";
import type {
  ArenaRegion,
  FoldResult,
  FoldSolver,
  FoldSolverFactory,
  SolveRequest,
  SolverLimits,
  SolverPart,
  SolverProblem,
} from "#hpo/core/estimator";
import { HpoError } from "#hpo/core/hpo-error";
import { growTo } from "#hpo/core/shared-memory";
import { rng } from "#hpo/math/rng";
import { runSolver } from "../solver-run.ts";

export interface FoldSolverCase {
  readonly create: FoldSolverFactory;
  /** A problem with its own memory each time, at least two folds. */
  readonly problem: () => SolverProblem;
  /** At least three requests that share work. */
  readonly requests: readonly SolveRequest[];
}

/** What every fold solver keeps: an answer depends on (data, folds, options) alone. */
export function describeFoldSolverContract(name: string, { create, problem, requests }: FoldSolverCase): void {
  const fresh = (): { readonly solver: FoldSolver; readonly given: SolverProblem } => {
    const given = problem();
    return { solver: create(given), given };
  };
  const reference = (): readonly (readonly FoldResult[])[] => {
    const { solver, given } = fresh();
    return runSolver(solver, given.data, requests).results;
  };

  describe(`fold solver contract: ${name}`, () => {
    it("plans the same stages every time, with unique keys and known requests and needs", () => {
      const { solver } = fresh();
      const plan = solver.plan(requests, { memoryBytes: 4e9, slots: 1 });
      expect(solver.plan(requests, { memoryBytes: 4e9, slots: 1 })).toEqual(plan);
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      const parts = plan.stages.flatMap((stage) => stage.parts);
      expect(new Set(parts.map(({ key }) => key)).size).toBe(parts.length);
      const known = new Set(requests.map(({ index }) => index));
      for (const part of parts) {
        expect(part.requests.length).toBeGreaterThan(0);
        expect(part.requests.every((request) => known.has(request))).toBe(true);
        expect(part.cost).toBeGreaterThan(0);
      }
      const earlier = new Map<string, SolverPart>();
      const names = new Set<string>();
      const regions: ArenaRegion[] = [];
      for (const { name: stage, parts: own, needs, fills } of plan.stages) {
        for (const need of needs) expect(names).toContain(need);
        expect(names).not.toContain(stage);
        names.add(stage);
        expect(new Set(own.map(({ durable }) => durable)).size).toBeLessThanOrEqual(1);
        for (const part of own) {
          if (part.reads !== undefined || part.passing === true) expect(part.durable).toBe(true);
          for (const key of part.reads ?? []) expect(earlier.get(key)?.requests).toEqual(expect.arrayContaining([...part.requests]));
          if (part.passing !== true) continue;
          // Every request that it works for is one of a reader's.
          const users = parts.flatMap(({ reads, requests: read }) => (reads?.includes(part.key) === true ? read : []));
          expect(users).toEqual(expect.arrayContaining([...part.requests]));
        }
        for (const part of own) if (part.durable) earlier.set(part.key, part);
        if (fills === undefined) continue;
        for (const other of regions) {
          expect(fills.offset + fills.bytes <= other.offset || other.offset + other.bytes <= fills.offset).toBe(true);
        }
        regions.push(fills);
        expect(own.every(({ durable }) => !durable)).toBe(true);
        expect(fills.offset % 64).toBe(0);
        expect(fills.offset + fills.bytes).toBeLessThanOrEqual(plan.sharedBytes);
      }
    });

    it("plans the same durable parts for any limits", () => {
      const { solver } = fresh();
      const durable = (limits: SolverLimits): unknown =>
        solver
          .plan(requests, limits)
          .stages.flatMap(({ parts }) =>
            parts.flatMap(({ key, durable: is, passing, reads, requests: users }) => (is ? [{ key, passing, reads, users }] : [])),
          );
      const { sharedBytes, slotBytes } = solver.plan(requests, { memoryBytes: 4e9, slots: 1 });
      const expected = durable({ memoryBytes: 4e9, slots: 1 });
      const scratch = Math.ceil(slotBytes / 64) * 64;
      for (const slots of [2, 7]) {
        expect(durable({ memoryBytes: 4e9, slots })).toEqual(expected);
        // Exactly what is needed is enough; with one byte less there is another plan, or none.
        const memoryBytes = Math.ceil(sharedBytes / 64) * 64 + slots * scratch;
        expect(durable({ memoryBytes, slots })).toEqual(expected);
        try {
          const tight = solver.plan(requests, { memoryBytes: memoryBytes - 1, slots });
          expect(Math.ceil(tight.sharedBytes / 64) * 64 + slots * Math.ceil(tight.slotBytes / 64) * 64).toBeLessThan(memoryBytes);
          expect(durable({ memoryBytes: memoryBytes - 1, slots })).toEqual(expected);
        } catch (error) {
          if (!(error instanceof HpoError)) throw error;
        }
      }
    });

    it("answers every test row of every fold, in the order of the plan", () => {
      const { given } = fresh();
      for (const results of reference()) {
        expect(results.map(({ fold }) => fold)).toEqual(given.plan.folds.map((_, fold) => fold));
        for (const [fold, { predicted }] of results.entries()) {
          expect(predicted.length).toBe(given.plan.folds[fold]?.test.length);
          expect(predicted.every((value) => Number.isFinite(value))).toBe(true);
        }
      }
    });

    it("gives equal bits for any order of parts that respects what they need, and any number of slots", () => {
      const expected = reference();
      const shuffled = (seed: number): ((parts: readonly SolverPart[]) => readonly SolverPart[]) => {
        const stream = rng(seed);
        return (parts) => [...stream.shuffle(Uint32Array.from(parts.keys()))].map((at) => parts[at] as SolverPart);
      };
      for (const options of [
        { order: (parts: readonly SolverPart[]) => [...parts].reverse() },
        { order: shuffled(1), slots: 2 },
        { order: shuffled(2), slots: 3 },
      ]) {
        const { solver, given } = fresh();
        expect(runSolver(solver, given.data, requests, options).results).toEqual(expected);
      }
    });

    it("gives a request alone, and any subset, the bits it gets in the whole group", () => {
      const expected = reference();
      const subsets = [...requests.map((request) => [request]), requests.slice(1), [...requests].reverse().slice(1)];
      for (const subset of subsets) {
        const { solver, given } = fresh();
        const alone = subset.map(({ options }, index) => ({ index, options }));
        const { results } = runSolver(solver, given.data, alone);
        for (const [at, { index }] of subset.entries()) expect(results[at]).toEqual(expected[index]);
      }
    });

    it("gives the same bits a second time in a used arena", () => {
      const { solver, given } = fresh();
      const first = runSolver(solver, given.data, requests);
      const second = runSolver(
        solver,
        given.data,
        [...requests].reverse().map(({ options }, index) => ({ index, options })),
      );
      expect([...second.results].reverse()).toEqual(first.results);
    });

    it("needs no durable part twice", () => {
      const { solver, given } = fresh();
      const whole = runSolver(solver, given.data, requests);
      const keys = [...whole.bytes.keys()];
      for (const kept of [keys, keys.filter((_, at) => at % 2 === 0)]) {
        const next = fresh();
        const saved = new Map(kept.map((key) => [key, new Uint8Array(whole.bytes.get(key) as Uint8Array)]));
        expect(runSolver(next.solver, next.given.data, requests, { saved }).results).toEqual(whole.results);
      }
    });

    it("comes by models of equal bits whatever else is asked for, in any order and after a resume, and changes no answer for them", () => {
      const asked = (): { readonly solver: FoldSolver; readonly given: SolverProblem } => {
        const given = { ...problem(), models: true };
        return { solver: create(given), given };
      };
      const first = asked();
      if (first.solver.model === undefined) return;
      const whole = runSolver(first.solver, first.given.data, requests);
      expect(whole.results).toEqual(reference());
      const again = asked();
      const order = (parts: readonly SolverPart[]): readonly SolverPart[] => [...parts].reverse();
      const saved = new Map([...whole.bytes].filter((_, at) => at % 2 === 0));
      expect(runSolver(again.solver, again.given.data, requests, { order, slots: 2, saved }).models).toEqual(whole.models);
      const alone = asked();
      const own = requests.slice(1, 2).map(({ options }) => ({ index: 0, options }));
      expect(runSolver(alone.solver, alone.given.data, own).models).toEqual(whole.models.slice(1, 2));
    });

    it("keeps to its arena", () => {
      const { solver, given } = fresh();
      const plan = solver.plan(requests, { memoryBytes: 4e9, slots: 1 });
      const slotOffset = given.data.dataEnd + Math.ceil(plan.sharedBytes / 64) * 64;
      const end = slotOffset + Math.ceil(plan.slotBytes / 64) * 64;
      growTo(given.data.memory, end + 4096);
      const before = new Uint8Array(given.data.memory.buffer, 0, given.data.dataEnd).slice();
      new Uint8Array(given.data.memory.buffer, end, 4096).fill(0xa5);
      runSolver(solver, given.data, requests);
      expect(new Uint8Array(given.data.memory.buffer, 0, given.data.dataEnd).slice()).toEqual(before);
      expect(new Uint8Array(given.data.memory.buffer, end, 4096).every((byte) => byte === 0xa5)).toBe(true);
    });

    it("gives combine() the bytes of durable parts that are not passing, and times of its own requests", () => {
      const { solver, given } = fresh();
      const run = runSolver(solver, given.data, requests);
      const durable = solver
        .plan(requests, { memoryBytes: 4e9, slots: 1 })
        .stages.flatMap((stage) => stage.parts.filter((part) => part.durable && part.passing !== true));
      expect([...run.bytes.keys()].sort()).toEqual(durable.map(({ key }) => key).sort());
      for (const { request, fold, fitSeconds, predictSeconds } of run.own) {
        expect(requests.some(({ index }) => index === request)).toBe(true);
        expect(given.plan.folds[fold]).toBeDefined();
        expect(fitSeconds).toBeGreaterThanOrEqual(0);
        expect(predictSeconds).toBeGreaterThanOrEqual(0);
      }
    });

    it("says what memory it needs where there is too little", () => {
      const { solver } = fresh();
      const tooLittle = (): unknown => solver.plan(requests, { memoryBytes: 100, slots: 1 });
      expect(tooLittle).toThrow(HpoError);
      expect(tooLittle).toThrow(/MB/);
    });
  });
}
