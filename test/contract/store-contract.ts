import { hostname } from "node:os";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Batch, Store } from "#hpo/core/store";
import { randomStudy, studyHeader, studyName } from "../store/random-study.ts";
import { codeOf, evaluationRow, everything, fill, holder, outcomeRow, runRow, sharedRow, time, trialRow } from "../store/rows.ts";

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
          trials: [],
          evaluations: [],
          parts: [],
          attempts: new Map(),
        });
      });
    });

    describe("commit", () => {
      const rows: Batch = {
        trials: [trialRow(0), trialRow(1)],
        shared: [sharedRow("k", [0])],
        evaluations: [evaluationRow(0, 0)],
        predictions: [
          {
            trial: 0,
            repeat: 0,
            fold: 0,
            rows: Uint32Array.of(1, 5),
            predicted: Float64Array.of(0, 2),
            truth: Float64Array.of(1, 2),
            scores: null,
          },
        ],
        outcomes: [outcomeRow(0)],
        attempts: [
          {
            task: "t",
            trials: [1],
            attempt: 1,
            incident: { kind: "crash", message: "It crashed.", code: null, stack: null },
            wallSeconds: 1,
            codeHash: "c0de",
            endedAt: time,
          },
        ],
        run: runRow("r"),
      };

      it.each(["trials", "shared", "evaluations", "predictions", "outcomes", "attempts"] as const)(
        "refuses a second row of %s and stores nothing of its batch",
        (kind) => {
          commit(rows);
          const before = everything(store, study);
          const again: Batch = {
            trials: [trialRow(7)],
            evaluations: [evaluationRow(1, 3)],
            finishedGroups: [0],
            run: runRow("r", { wallSeconds: 9 }),
          };
          const repeated = { ...again, [kind]: [...(kind in again ? (again[kind] as unknown[]) : []), ...(rows[kind] as unknown[])] };
          expect(codeOf(() => commit(repeated))).toBe("STORE_FAILED");
          expect(everything(store, study)).toStrictEqual(before);
          expect(store.list()[0]?.trials).toBe(2);
          commit(again);
        },
      );

      it("refuses a key that stands twice in one batch, naming the row", () => {
        commit({ trials: [trialRow(3)] });
        expect(() => commit({ evaluations: [evaluationRow(3, 2), evaluationRow(3, 2)] })).toThrow(
          'The evaluation of trial 3 (repeat 0, fold 2, rung 0) of the study "wine" is stored already and is never overwritten; nothing of this batch was stored.',
        );
        expect(store.evaluations(study, 3)).toStrictEqual([]);
      });

      it("refuses rows of a trial that is not stored", () => {
        const batches: Batch[] = [
          { started: [{ trial: 9, at: time }] },
          { evaluations: [evaluationRow(9, 0)] },
          { outcomes: [outcomeRow(9)] },
          { shared: [sharedRow("k", [9])] },
          {
            predictions: [
              {
                trial: 9,
                repeat: 0,
                fold: 0,
                rows: new Uint32Array(0),
                predicted: new Float64Array(0),
                truth: new Float64Array(0),
                scores: null,
              },
            ],
          },
        ];
        for (const batch of batches)
          expect(() => commit({ trials: [trialRow(0)], ...batch })).toThrow("belongs to a trial that is not stored");
        expect(store.load(study).trials).toStrictEqual([]);
      });

      it("keeps NaN, ±∞ and −0 of scores, and tells NaN from nothing", () => {
        const values = { nan: NaN, up: Infinity, down: -Infinity, zero: -0, tiny: 5e-324 };
        const outcome = {
          a: { value: NaN, standardError: NaN, pooled: null },
          b: { value: -0, standardError: null, pooled: NaN },
          c: { value: -Infinity, standardError: Infinity, pooled: -0 },
        };
        commit({
          trials: [trialRow(0), trialRow(1)],
          evaluations: [evaluationRow(1, 0, { values })],
          outcomes: [outcomeRow(0, { values: outcome })],
        });
        expect(store.evaluations(study, 1)[0]?.values).toStrictEqual(values);
        expect(store.snapshot(study).trials[0]?.values).toStrictEqual(outcome);
        expect(store.load(study).trials[0]?.outcome?.values).toStrictEqual(outcome);
      });

      it("keeps the first start of a trial", () => {
        commit({ trials: [trialRow(0)], started: [{ trial: 0, at: time }] });
        commit({ started: [{ trial: 0, at: "2027-01-01T00:00:00.000Z" }] });
        expect(store.snapshot(study).trials[0]?.startedAt).toBe(time);
      });

      it("takes a batch of nothing", () => {
        const before = everything(store, study);
        commit({});
        expect(everything(store, study)).toStrictEqual(before);
      });

      it("counts work that each process repeats each time it is stored", () => {
        const work = sharedRow("distances", [0, 1], { bytes: null });
        commit({ trials: [trialRow(0), trialRow(1)], shared: [work] });
        commit({ shared: [work] });
        const { shared, wallSeconds: _, counts, trials } = store.snapshot(study);
        expect(shared).toHaveLength(2);
        expect(counts).toStrictEqual({ solves: 4 });
        expect(trials.map((trial) => trial.wallSeconds)).toStrictEqual([6, 6]);
      });

      it("keeps rows, true values and predicted codes exactly, predicted values as 32-bit floats", () => {
        const wide = Float64Array.of(0, 65_535, 256);
        const values = Float64Array.of(0.1, NaN, -Infinity);
        const base = { trial: 0, repeat: 0, rows: Uint32Array.of(0, 1, 0xffffffff), truth: wide };
        const other = { ...base, truth: Float64Array.of(0.1, -0, 2 ** 53) };
        commit({
          trials: [trialRow(0)],
          predictions: [
            { ...other, fold: 1, predicted: values, scores: Float64Array.of(0.25, -0, 1, 2, 3, 4) },
            { ...base, fold: 0, predicted: wide, scores: null },
          ],
        });
        expect(store.predictions(study, 0)).toStrictEqual([
          { ...base, fold: 0, predicted: wide, scores: null },
          { ...other, fold: 1, predicted: Float64Array.from(Float32Array.from(values)), scores: Float64Array.of(0.25, -0, 1, 2, 3, 4) },
        ]);
        expect(store.predictions(study, 1)).toStrictEqual([]);
      });
    });

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

    describe("lease", () => {
      it("refuses a second holder, in the same process too, and says who holds it", () => {
        expect(() => store.acquire(study, holder("b"))).toThrow(
          `The study "wine" is already being run by process ${process.pid} on ${hostname()} since ${time}; wait until that run ends or stop it`,
        );
        store.acquire(study, holder("a"));
        store.release(study, "b");
        expect(codeOf(() => store.acquire(study, holder("b")))).toBe("STUDY_BUSY");
        store.release(study, "a");
        store.acquire(study, holder("b"));
      });

      it("lets only the holder commit and renew", () => {
        store.renew(study, "a");
        expect(codeOf(() => store.renew(study, "b"))).toBe("STUDY_BUSY");
        expect(codeOf(() => store.commit(study, "b", { trials: [trialRow(0)] }))).toBe("STUDY_BUSY");
        store.release(study, "a");
        expect(codeOf(() => commit({ trials: [trialRow(0)] }))).toBe("STUDY_BUSY");
        expect(codeOf(() => store.renew(study, "a"))).toBe("STUDY_BUSY");
        expect(store.load(study).trials).toStrictEqual([]);
      });

      it("takes over from another machine that was silent for long enough, and from no other", () => {
        store.release(study, "a");
        store.acquire(study, holder("far", { host: "elsewhere.invalid", pid: 1 }));
        expect(codeOf(() => store.acquire(study, holder("a")))).toBe("STUDY_BUSY");
        expect(store.snapshot(study).state).toBe("running");
        store.acquire(study, holder("a"), 0);
        expect(codeOf(() => store.commit(study, "far", {}))).toBe("STUDY_BUSY");
        expect(codeOf(() => store.acquire(study, holder("b"), 0))).toBe("STUDY_BUSY");
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

/** The batches of one row each that a batch is made of, in the order in which a batch is stored. */
function oneByOne(batch: Batch): Batch[] {
  const order = ["trials", "started", "shared", "evaluations", "predictions", "outcomes", "attempts"] as const;
  const rows = order.flatMap((kind) => (batch[kind] ?? []).map((row): Batch => ({ [kind]: [row] })));
  const { run, finishedGroups } = batch;
  return [...rows, ...(run === undefined ? [] : [{ run }]), ...(finishedGroups === undefined ? [] : [{ finishedGroups }])];
}
