import assert from "node:assert/strict";
import type { FoldSolver, SolverProblem } from "#hpo/core/estimator";
import { HpoError } from "#hpo/core/hpo-error";
import { rng } from "#hpo/math/rng";
import { loadModel } from "#hpo/pipelines/load-model";
import { aligned } from "#hpo/models/svm/byte-pieces";
import { kernelName } from "#hpo/models/svm/kernel";
import { type FoldView, svmLayout } from "#hpo/models/svm/layout";
import { svmModelState } from "#hpo/models/svm/model-json";
import { decodePairAnswer, splitAnswers } from "#hpo/models/svm/pair-answer";
import { absent, answerForm, answerShape, classPairs, pairRanges } from "#hpo/models/svm/pair-of-classes";
import { scaleGamma, svmSettings, type SvmSettings } from "#hpo/models/svm/settings";
import type { SolvePartInput } from "#hpo/models/svm/solve-part";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { svm } from "#hpo/models/svm/svm";
import { mostVoted } from "#hpo/models/svm/votes";
import { runSolver } from "../solver-run.ts";
import { type ClassTable, classTable } from "../table-data.ts";
import { answerOrRefusal, checkVariants } from "./fold-variants.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { checkAnswers } from "./fold-answers-check.ts";
import { kernelValues } from "./kernel-values.ts";
import { gapOf, type Machine, mostGap, type Training, trainingRows } from "./optimality.ts";
import type { Tally } from "./tally.ts";

/** Watches the solve parts of a solver. */
function watched(solver: FoldSolver, seen: (input: SolvePartInput, bytes: Uint8Array) => void): FoldSolver {
  return {
    ...solver,
    run(part, arena, read) {
      const result = solver.run(part, arena, read);
      const input = part.input as unknown as SolvePartInput;
      if (input.kind === "solve") seen(input, result.bytes);
      return result;
    },
  };
}

export async function checkSvm(given: FuzzCase, tally: Tally): Promise<void> {
  const make = (): ClassTable => classTable(given.features, given.labels);
  const table = make();
  const problemOf = (from: ClassTable): SolverProblem => ({
    data: from.data,
    target: from.target,
    plan: given.plan,
    weights: given.weights,
    answer: given.answer,
  });
  const { classes } = table.target;
  const scaled = (): number => scaleGamma(table.data);
  const machines = given.requests.map(({ classWeight, ...rest }) => {
    if (classWeight === undefined || classWeight === "balanced") return svm(classWeight === undefined ? rest : { ...rest, classWeight });
    // Classes that no row has can't be named.
    const known = Object.fromEntries(Object.entries(classWeight).filter(([label]) => classes.includes(label)));
    return svm({ ...rest, classWeight: known });
  });
  const requests = machines.map(({ options }, index) => ({ index, options }));
  const settings = requests.map(({ options }) => svmSettings(options, scaled));
  const solves: { readonly input: SolvePartInput; readonly bytes: Uint8Array }[] = [];
  const whole = await answerOrRefusal("svm", () =>
    runSolver(
      watched(svmFoldSolver(problemOf(table)), (input, bytes) => solves.push({ input, bytes })),
      table.data,
      requests,
    ),
  );
  const kernels = new Map<string, readonly Float32Array[]>();
  const kernelOf = (from: ClassTable, one: SvmSettings): readonly Float32Array[] => {
    const name = kernelName(one.kernel);
    const known = kernels.get(name) ?? kernelValues(from.data, one.kernel);
    kernels.set(name, known);
    return known;
  };
  if (whole instanceof HpoError) tally.refused++;
  else {
    checkAnswers(given, table, whole.results);
    checkSolutions();
    checkVariants(
      () => {
        const data = make();
        return { solver: svmFoldSolver(problemOf(data)), data: data.data };
      },
      requests,
      whole,
      given.seed,
    );
  }
  await checkFit();

  /** Every solve that no warning names meets the optimality conditions, and the labels are those of a slow vote over all pairs. */
  function checkSolutions(): void {
    if (whole instanceof HpoError) return;
    let training: Training = {
      table,
      weights: given.weights,
      layout: svmLayout(table.data, table.target.codes, { classCount: classes.length, plan: given.plan, weights: given.weights }),
    };
    let pairs = classPairs(training.layout);
    let [found, warnings, voted, answered] = [solves, whole.warnings, whole.results, given.answer];
    if (pairs.length === 1 && settings[0]?.kernel.kind !== "precomputed") {
      // A lone pair stores no solution: with a third class that is tested and never trained on, it does.
      const widened = classTable([...given.features, given.features[0] as number[]], [...given.labels, "zz"]);
      const last = given.features.length;
      const plan = { folds: given.plan.folds.map(({ train, test }) => ({ train, test: Uint32Array.of(...test, last) })) };
      const weights = given.weights === null ? null : Float64Array.of(...given.weights, 1);
      const more: typeof solves = [];
      const options = requests.map((request, at) => {
        const { kernel } = settings[at] as SvmSettings;
        return "gamma" in kernel ? { ...request, options: { ...request.options, gamma: kernel.gamma } } : request;
      });
      const answer = given.answer === "probabilities" ? given.answer : "scores";
      const wide = runSolver(
        watched(svmFoldSolver({ data: widened.data, target: widened.target, plan, weights, answer }), (input, bytes) =>
          more.push({ input, bytes }),
        ),
        widened.data,
        options,
      );
      training = {
        table: widened,
        weights,
        layout: svmLayout(widened.data, widened.target.codes, { classCount: widened.target.classes.length, plan, weights }),
      };
      pairs = classPairs(training.layout);
      [found, warnings, voted, answered] = [more, wide.warnings, wide.results, answer];
      kernels.clear();
      for (const [at, ofRequest] of whole.results.entries()) {
        for (const { fold, predicted } of ofRequest) {
          assert.deepEqual(voted[at]?.[fold]?.predicted.slice(0, -1), predicted, "a lone pair's labels are those of the vote");
        }
      }
    }
    const { layout } = training;
    const form = answerForm(pairs.length, answered);
    /** By request, fold and pair. */
    const solutions = new Map<string, Machine>();
    if (!form.solutions) return;
    for (const { input, bytes } of found) {
      const all = splitAnswers(aligned(bytes), input.pairs.length * input.chains.length);
      for (const [place, pair] of input.pairs.entries()) {
        for (const [of, chain] of input.chains.entries()) {
          const costs = chain.costs.length;
          const stretch = all[place * input.chains.length + of] as Uint8Array;
          const folds = decodePairAnswer(stretch, answerShape(layout, pair, { form, costs, folds: input.folds }));
          const { startA, sizeA, startB } = pairRanges(layout, pair);
          for (const [fold, answer] of folds.entries()) {
            const view = layout.folds[fold] as FoldView;
            assert.equal(answer === null, absent(view, pair));
            if (answer === null) continue;
            for (const [cost, { C, requests: asking }] of chain.costs.entries()) {
              const solution = answer.asked[cost] as number;
              const coefficients = new Map<number, number>();
              for (const [at, local] of answer.locals.entries()) {
                const value = answer.coefficients[solution * answer.locals.length + at] as number;
                const position = local < sizeA ? startA + local : startB + local - sizeA;
                if (value !== 0) coefficients.set(layout.order[position] as number, value);
              }
              const machine = { pair, coefficients, offset: answer.offsets[solution] as number };
              assert.ok(Number.isFinite(machine.offset), "the offset is finite");
              for (const request of asking) solutions.set(`${request} ${fold} ${pair.join(" ")}`, machine);
              const one = settings[asking[0] as number] as SvmSettings;
              const rows = trainingRows(training, given.plan.folds[fold]?.train as Uint32Array, view, pair, one);
              for (const row of coefficients.keys()) {
                assert.ok(
                  rows.some((own) => own.row === row),
                  `row ${row} of weight ${training.weights?.[row]} has ${coefficients.get(row)} in fold ${fold}, bounds ${rows.map((own) => `${own.row}:${own.bound}`).join(" ")}`,
                );
              }
              const { gap, largest } = gapOf(machine, rows, kernelOf(training.table, one));
              const names = pair.map((code) => training.table.target.classes[code]).join(" against ");
              const named = warnings.some(
                (warning) =>
                  warning.includes(` ${names} with C=${C}`) && (one.kernel.kind === "linear" || warning.includes(kernelName(one.kernel))),
              );
              if (named) {
                tally.limited++;
                continue;
              }
              tally.solved++;
              if (1e-12 * largest > one.tolerance) tally.coarse++;
              assert.ok(
                gap <= mostGap(one.tolerance, largest),
                `gap ${gap} of ${names} in fold ${fold}, ${JSON.stringify(one)}, Σ|aK| ${largest}`,
              );
            }
          }
        }
      }
    }
    for (const [at, ofRequest] of voted.entries()) {
      const kernel = kernelOf(training.table, settings[at] as SvmSettings);
      for (const { fold, predicted } of ofRequest) {
        const view = layout.folds[fold] as FoldView;
        const { test } = given.plan.folds[fold] as { test: Uint32Array };
        for (const [place, row] of test.entries()) {
          const votes = new Float64Array(view.rank.length);
          const sure = pairs.every((pair) => {
            const machine = solutions.get(`${at} ${fold} ${pair.join(" ")}`);
            if (machine === undefined) return true;
            let [decision, size] = [machine.offset, Math.abs(machine.offset)];
            for (const [support, a] of machine.coefficients) {
              decision += a * (kernel[support]?.[row] as number);
              size += Math.abs(a * (kernel[support]?.[row] as number));
            }
            (votes[decision > 0 ? pair[0] : pair[1]] as number)++;
            return Math.abs(decision) > 1e-12 * size;
          });
          if (!sure) continue;
          tally.labels++;
          assert.equal(predicted[place], mostVoted(votes, 0, view.rank), `the label of row ${row} in fold ${fold}`);
        }
      }
    }
  }

  async function checkFit(): Promise<void> {
    const stream = rng(given.seed).fork("fit");
    const at = stream.below(machines.length);
    const { train, test } = given.plan.folds[stream.below(given.plan.folds.length)] as (typeof given.plan.folds)[number];
    const { data, target } = table;
    const weights = given.weights === null ? null : Float64Array.from(train, (row) => given.weights?.[row] as number);
    const context = { rng: rng(0), signal: new AbortController().signal, answer: given.answer };
    const model = await answerOrRefusal("svm", () =>
      (machines[at] as (typeof machines)[number]).fit({ data, target, rows: train, weights }, context),
    );
    if (model instanceof HpoError) {
      if (whole instanceof HpoError) return;
      throw model;
    }
    const one = settings[at] as SvmSettings;
    const state = svmModelState(model.toJSON());
    kernels.clear();
    const kernel = kernelOf(table, one);
    const layout = svmLayout(data, target.codes, {
      classCount: classes.length,
      plan: { folds: [{ train, test: new Uint32Array(0) }] },
      weights: given.weights,
    });
    for (const { first, second, coefficients, offset } of state.pairs) {
      const pair = [first, second] as const;
      const rows = trainingRows({ table, weights: given.weights, layout }, train, layout.folds[0] as FoldView, pair, one);
      const machine = { pair, offset, coefficients: new Map([...state.rows].map((row, place) => [row, coefficients[place] as number])) };
      assert.ok(Number.isFinite(offset));
      if (rows.length === 0 || new Set(rows.map(({ y }) => y)).size < 2) continue;
      const { gap, largest } = gapOf(machine, rows, kernel);
      if (state.warnings.some((warning) => warning.includes(`${classes[first]} against ${classes[second]}.`))) tally.limited++;
      else {
        tally.solved++;
        if (1e-12 * largest > one.tolerance) tally.coarse++;
        assert.ok(
          gap <= mostGap(one.tolerance, largest),
          `fit: gap ${gap} of ${pair.join(" against ")}, ${JSON.stringify(one)}, Σ|aK| ${largest}`,
        );
      }
    }
    const rows = test;
    const labels = model.predict({ data, rows });
    const trained = new Set([...train].map((row) => target.codes[row]));
    assert.ok(labels.every((label) => trained.has(label)));
    assert.ok(model.predictScores({ data, rows }).every(Number.isFinite), "fit: scores are finite");
    assert.ok(model.decisionValues({ data, rows }).every(Number.isFinite), "fit: decisions are finite");
    if (model.predictProbabilities !== undefined) assert.ok(model.predictProbabilities({ data, rows }).every((p) => p >= 0 && p <= 1));
    const again = loadModel(JSON.parse(JSON.stringify(model.toJSON())));
    assert.deepEqual(again.predict({ data, rows }), labels);
  }
}
