import * as hpo from "hpo";

/** A factory of the public face with sound arguments, to be spoilt. */
export type Call = readonly [make: (...args: never[]) => unknown, ...args: unknown[]];

const call = (make: unknown, ...args: unknown[]): Call => [make as Call[0], ...args];

export const splitters: readonly (() => Call)[] = [
  () => call(hpo.kFold, { folds: 3, shuffle: true, seed: 1 }),
  () => call(hpo.stratifiedKFold, { folds: 3 }),
  () => call(hpo.groupKFold, { folds: 2 }),
  () => call(hpo.stratifiedGroupKFold, { folds: 2 }),
  () => call(hpo.holdOut, { train: 0.5, test: 0.3, stratify: false, shuffle: true, seed: 2 }),
  () => call(hpo.shuffleSplit, { splits: 3, test: 0.3, train: 0.5, seed: 1 }),
  () => call(hpo.stratifiedShuffleSplit, { splits: 2, test: 0.4 }),
  () => call(hpo.groupShuffleSplit, { splits: 2, test: 0.4 }),
  () => call(hpo.bootstrap, { splits: 3, seed: 1 }),
  () => call(hpo.timeSeriesSplit, { splits: 3, testSize: 2, gap: 1, maxTrainSize: 9 }),
  () => call(hpo.spatialKFold, { folds: 3, block: 2, buffer: 0.1 }),
  () => call(hpo.spatialKFold, { folds: 2, block: 1, stratify: true }),
  () => call(hpo.leavePOut, { rows: 2 }),
  () => call(hpo.leavePGroupsOut, { groups: 1 }),
  () => call(hpo.leaveOneOut),
  () => call(hpo.leaveOneGroupOut),
  () => call(hpo.predefined, { folds: 2, label: "mine" }),
  () => call(hpo.repeated, hpo.kFold({ folds: 2, shuffle: true }), { repeats: 2 }),
];

export const samplers: readonly (() => Call)[] = [
  () => call(hpo.random),
  () => call(hpo.grid, { limit: 500, steps: { x: 3 } }),
  () => call(hpo.grid),
  () => call(hpo.halton, { scramble: true, seed: 1 }),
  () => call(hpo.sobol, { scramble: false, seed: 1 }),
  () => call(hpo.latinHypercube, { points: 8, seed: 1 }),
  () => call(hpo.tpe),
  () => call(hpo.auto),
  () => call(hpo.gp, { costAware: true }),
  () => call(hpo.cmaes, { population: 4, step: 0.2, restarts: true }),
  () => call(hpo.differentialEvolution, { population: 5 }),
  () => call(hpo.nsga2, { populationSize: 4, crossover: 0.9, mutation: 0.1 }),
  () => call(hpo.ehvi, { startupTrials: 4 }),
  () => call(hpo.lbfgs, { starts: 2, memory: 3, check: false }),
  () => call(hpo.populationBased, { members: 3, exploit: 0.3, perturb: 1.2, resample: 0.2, fixed: ["n"] }),
  () => call(hpo.replicated, hpo.random()),
  () => call(hpo.distinct, hpo.random()),
  () => call(hpo.startup, 3, hpo.sobol(), hpo.random()),
];

export const pruners: readonly (() => Call)[] = [
  () => call(hpo.median, { startupTrials: 2, warmupSteps: 1, interval: 1 }),
  () => call(hpo.percentile, { percentile: 25, startupTrials: 1 }),
  () => call(hpo.patience, { patience: 2, minDelta: 0.1, rule: hpo.median() }),
  () => call(hpo.threshold, { lower: 0, upper: 5, warmupSteps: 1 }),
  () => call(hpo.hyperband, { maxSteps: 9, minSteps: 1, factor: 3 }),
  () => call(hpo.successiveHalving, { minSteps: 1, factor: 2, maxSteps: 8 }),
  () => call(hpo.wilcoxon, { pThreshold: 0.1, startupSteps: 1 }),
];

export const metrics: readonly (() => Call)[] = [
  () => call(hpo.accuracy),
  () => call(hpo.balancedAccuracy),
  () => call(hpo.cohenKappa, { weights: "linear" }),
  () => call(hpo.f1, { average: "macro" }),
  () => call(hpo.logLoss),
  () => call(hpo.rocAuc, { average: "macro" }),
  () => call(hpo.mse),
  () => call(hpo.r2),
];

export const transformers: readonly (() => Call)[] = [
  () => call(hpo.standardize, { columns: ["x1"] }),
  () => call(hpo.minMax, { low: 0, high: 1, clip: true }),
  () => call(hpo.robustScale, { from: 0.25, to: 0.75 }),
  () => call(hpo.impute, { strategy: "mean", indicator: true }),
  () => call(hpo.oneHot, { drop: "first", unknown: "zeros" }),
  () => call(hpo.ordinal, { unknown: -1 }),
  () => call(hpo.pca, { components: 2, whiten: true }),
  () => call(hpo.selectKBest, { k: 2, score: "anova" }),
  () => call(hpo.varianceThreshold, { threshold: 0.1 }),
  () => call(hpo.subsample, { ratio: 1 }),
  () => call(hpo.oversample, { ratio: 1 }),
  () => call(hpo.smote, { neighbours: 1, ratio: 1 }),
];

export const estimators: readonly (() => Call)[] = [
  () => call(hpo.svm, { kernel: "rbf", C: 1, gamma: 0.5, maxIterations: 1000, tolerance: 1e-3 }),
  () => call(hpo.svm, { kernel: "poly", C: 1, degree: 2, coef0: 1 }),
  () => call(hpo.svm, { kernel: "linear", C: 2 }),
  () => call(hpo.svr, { kernel: "linear", C: 1, epsilon: 0.1 }),
];

export const parameters: readonly (() => Call)[] = [
  () => call(hpo.float, 0.001, 10, { log: true }),
  () => call(hpo.float, -1, 1, { step: 0.25 }),
  () => call(hpo.int, 1, 9, { step: 2 }),
  () => call(hpo.int, 1, 64, { log: true }),
  () => call(hpo.choice, ["a", "b", 3, true]),
  () => call(hpo.choice, { p: { q: hpo.float(0, 1) }, r: {} }),
  () => call(hpo.values, [1, 2, 4]),
];
