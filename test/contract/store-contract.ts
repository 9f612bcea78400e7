import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Batch, Store } from "#hpo/core/store";
import { randomStudy, studyHeader, studyName } from "../store/random-study.ts";
import { codeOf, evaluationRow, everything, fill, holder, outcomeRow, runRow, sharedRow, time, trialRow } from "../store/rows.ts";
import { describeCheckpoint } from "./store-checkpoint.ts";
import { describeCommit } from "./store-commit.ts";
import { describeDropped } from "./store-dropped.ts";
import { describeEarlier } from "./store-earlier.ts";
import { describeEstimate } from "./store-estimate.ts";
import { describeLease } from "./store-lease.ts";
import { describeLogs } from "./store-logs.ts";
import { describeModel } from "./store-model.ts";
import { oneByOne } from "../store/one-by-one.ts";

/** Opens new stores that share nothing. */
export type StoreFactory = () => Store;

/** The contract of `Store`, run against every implementation. */
export function describeStoreContract(name: string, factory: StoreFactory): void {
  describe(`${name} follows the store contract`, () => {
    let store: Store;
    const study = "wine";
    const commit = (batch: Batch): void => store.commit(study, "a", batch);

    beforeEach(() => {
      store = factory();
      store.create(studyHeader(study));
      store.acquire(study, holder("a"));
    });
    afterEach(() => store.close());

    describe("studies", () => {
      it("gives back the header of a study, and undefined for an unknown one", () => {
        expect(store.header(study)).toStrictEqual(studyHeader(study));
        expect(store.header("beer")).toBeUndefined();
      });

      it("lists studies by age with their counts", () => {
        store.create(studyHeader("a younger one"));
        commit({ trials: [0, 1, 2, 3].map((n) => trialRow(n)), outcomes: [outcomeRow(0), outcomeRow(2, { state: "failed" })] });
        expect(store.list()).toStrictEqual([
          { name: study, createdAt: time, state: "running", trials: 4, complete: 1, failed: 1 },
          { name: "a younger one", createdAt: time, state: "new", trials: 0, complete: 0, failed: 0 },
        ]);
      });

      it("refuses a name that is taken, that is blank or that UTF-8 can't write", () => {
        expect(codeOf(() => store.create(studyHeader(study)))).toBe("OPTION_INVALID");
        for (const bad of ["", " \n", "\ud800"]) expect(codeOf(() => store.create(studyHeader(bad)))).toBe("OPTION_INVALID");
        store.create(studyHeader("beer"));
        expect(codeOf(() => store.rename("beer", study))).toBe("OPTION_INVALID");
      });

      it("takes any text as a name", () => {
        const property = fc.property(fc.uniqueArray(studyName, { minLength: 1, maxLength: 4 }), (names) => {
          const own = factory();
          for (const each of names) own.create(studyHeader(each));
          expect(own.list().map((each) => each.name)).toStrictEqual(names);
          for (const each of names) expect(own.header(each)?.name).toBe(each);
          own.close();
        });
        fc.assert(property, { seed: 1, numRuns: 8 });
      });

      it("says of an unknown study which ones there are, from every method", () => {
        const calls: ((unknown: string) => unknown)[] = [
          (unknown) => store.acceptCode(unknown, "x"),
          (unknown) => store.rename(unknown, "y"),
          (unknown) => store.remove(unknown),
          (unknown) => store.acquire(unknown, holder("b")),
          (unknown) => store.renew(unknown, "b"),
          (unknown) => store.release(unknown, "b"),
          (unknown) => store.commit(unknown, "b", {}),
          (unknown) => store.load(unknown),
          (unknown) => store.snapshot(unknown),
          (unknown) => store.evaluations(unknown, 0),
          (unknown) => store.predictions(unknown, 0),
          (unknown) => store.logs(unknown, 0),
          (unknown) => store.steps(unknown, 0),
          (unknown) => store.model(unknown),
        ];
        for (const call of calls) expect(codeOf(() => call("beer"))).toBe("STUDY_NOT_FOUND");
        expect(() => store.load("beer")).toThrow(`There is no study "beer" in ${store.location}; it holds "wine".`);
      });

      it("accepts new code", () => {
        store.acceptCode(study, "new");
        expect(store.header(study)?.codeHash).toBe("new");
      });

      it("renames and removes a study that nobody runs, with all its rows", () => {
        commit({ trials: [trialRow(0)], shared: [sharedRow("k", [0])], evaluations: [evaluationRow(0, 0)], run: runRow("r") });
        expect(codeOf(() => store.rename(study, "old"))).toBe("STUDY_BUSY");
        expect(codeOf(() => store.remove(study))).toBe("STUDY_BUSY");
        store.release(study, "a");
        store.rename(study, "old");
        store.rename("old", "old");
        expect(store.header(study)).toBeUndefined();
        expect(store.load("old").trials).toHaveLength(1);
        store.remove("old");
        expect(store.list()).toStrictEqual([]);
        store.create(studyHeader("old"));
        expect(store.load("old")).toStrictEqual({
          header: studyHeader("old"),
          earlier: [],
          estimate: null,
          trials: [],
          evaluations: [],
          checkpoints: [],
          parts: [],
          attempts: new Map(),
          logLengths: new Map(),
        });
      });
    });

    describeEarlier(() => store, study);
    describeCommit(() => store);

    describe("load", () => {
      it("gives the work of open trials, and the bytes of open groups", () => {
        const attempt = (trials: number[], task: string) => ({
          task,
          trials,
          attempt: 1,
          incident: { kind: "timeout" as const, message: "Too slow.", code: null, stack: null },
          wallSeconds: 1,
          codeHash: "c0de",
          endedAt: time,
        });
        commit({
          trials: [trialRow(2), trialRow(0), trialRow(1, { group: 1 })],
          evaluations: [evaluationRow(1, 1), evaluationRow(0, 0), evaluationRow(1, 0)],
          outcomes: [outcomeRow(0)],
          shared: [
            sharedRow("b", [1], { group: 1 }),
            sharedRow("a", [1], { group: 1 }),
            sharedRow("x", [0]),
            sharedRow("n", [1], { bytes: null }),
          ],
          attempts: [attempt([0], "done"), attempt([0, 1], "open")],
        });
        const before = store.load(study);
        expect(before.trials.map((one) => [one.number, one.outcome?.state ?? null])).toStrictEqual([
          [0, "complete"],
          [1, null],
          [2, null],
        ]);
        expect(before.evaluations).toStrictEqual([evaluationRow(1, 0), evaluationRow(1, 1)]);
        expect(before.parts.map((part) => [part.group, part.key])).toStrictEqual([
          [0, "x"],
          [1, "a"],
          [1, "b"],
        ]);
        expect(before.attempts).toStrictEqual(new Map([["open", [attempt([0, 1], "open")]]]));
        commit({ finishedGroups: [1] });
        expect(store.load(study).parts).toStrictEqual([{ group: 0, key: "x", bytes: Uint8Array.of(1, 2, 3) }]);
        expect(store.snapshot(study).shared).toHaveLength(4);
      });
    });

    describeDropped(() => store);
    describeEstimate(() => store);
    describeLogs(() => store);
    describeModel(() => store);
    describeLease(() => store);
    describeCheckpoint(() => store);

    describe("snapshot", () => {
      it("shares out work evenly over its trials, so that the trials sum to the total", () => {
        commit({
          trials: [0, 1, 2].map((n) => trialRow(n)),
          evaluations: [evaluationRow(0, 0), evaluationRow(0, 1, { identical: true, correct: null }), evaluationRow(1, 0)],
          shared: [sharedRow("a", [0, 1, 2]), sharedRow("b", [1], { warnings: ["Hm."] })],
        });
        const { trials, cpuSeconds, fits, identicalFits, counts, shared, warnings } = store.snapshot(study);
        expect(trials.map((one) => one.wallSeconds)).toStrictEqual([6, 10, 2]);
        expect(trials.map((one) => one.cpuSeconds)).toStrictEqual([4, 5.5, 1]);
        expect(trials.map((one) => [one.folds, one.testRows, one.correct])).toStrictEqual([
          [2, 16, null],
          [1, 8, 6],
          [0, 0, null],
        ]);
        expect({ cpuSeconds, fits, identicalFits, counts, warnings }).toStrictEqual({
          cpuSeconds: 10.5,
          fits: 3,
          identicalFits: 1,
          counts: { solves: 4 },
          warnings: ["Hm."],
        });
        expect(shared[0]).toStrictEqual({ group: 0, label: "part a", uses: 3, wallSeconds: 6, cpuSeconds: 3 });
      });

      it("has no CPU time where a piece has none", () => {
        commit({
          trials: [trialRow(0), trialRow(1)],
          shared: [sharedRow("a", [0], { cpuSeconds: null })],
          evaluations: [evaluationRow(1, 0)],
        });
        const { trials, cpuSeconds } = store.snapshot(study);
        expect([...trials.map((one) => one.cpuSeconds), cpuSeconds]).toStrictEqual([null, 1.5, null]);
      });

      it("tells the state: new, running, stopped after a kill, and the last run's", () => {
        const state = (): string => {
          expect(store.list()[0]?.state).toBe(store.snapshot(study).state);
          return store.snapshot(study).state;
        };
        expect(state()).toBe("running");
        store.release(study, "a");
        expect(state()).toBe("new");
        store.acquire(study, holder("a"));
        commit({ run: runRow("1") });
        store.release(study, "a");
        expect(state()).toBe("stopped");
        store.acquire(study, holder("a"));
        commit({ run: runRow("2", { wallSeconds: 2 }) });
        commit({ run: runRow("2", { state: "complete", endedAt: time, wallSeconds: 4 }) });
        expect(state()).toBe("running");
        store.release(study, "a");
        expect(state()).toBe("complete");
        expect(store.snapshot(study).wallSeconds).toBe(5);
        expect(store.snapshot(study).runs.map((run) => run.state)).toStrictEqual([null, "complete"]);
      });

      it("tells why a trial failed", () => {
        const incident = { kind: "error" as const, message: "It broke.", code: "X", stack: "at y" };
        commit({ trials: [trialRow(0)], outcomes: [outcomeRow(0, { state: "failed", values: {}, incident })] });
        expect(store.snapshot(study).trials[0]).toMatchObject({ state: "failed", incident: "It broke.", values: {} });
        expect(store.load(study).trials[0]?.outcome?.incident).toStrictEqual(incident);
      });

      it("can't be changed through what it gave or took", () => {
        const values = { accuracy: 0.5 };
        commit({ trials: [trialRow(0)], evaluations: [evaluationRow(0, 0, { values })] });
        values.accuracy = 1;
        for (const given of store.evaluations(study, 0)) Object.assign(given.values, { accuracy: 2 });
        expect(store.evaluations(study, 0)[0]?.values).toStrictEqual({ accuracy: 0.5 });
      });
    });

    it("is used no more after close", () => {
      store.close();
      store.close();
      expect(() => store.list()).toThrow("was closed before");
    });

    it("tells the same of any study as a store that was filled in one batch a row", () => {
      const property = fc.property(randomStudy, (random) => {
        const [whole, single] = [factory(), factory()];
        fill(whole, random);
        fill(single, { ...random, batches: random.batches.flatMap(oneByOne) });
        expect(everything(single, random.header.name)).toStrictEqual(everything(whole, random.header.name));
        whole.close();
        single.close();
      });
      fc.assert(property, { seed: 2, numRuns: 8 });
    });
  });
}
