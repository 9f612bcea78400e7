// The public face: what a study, a program or a notebook imports from "hpo".
export type { TrialCheckpoint } from "./core/checkpoint.ts";
export type { Column, DataRecipe, Dataset, Roles, Target } from "./core/dataset.ts";
export type { Estimator, EstimatorSteps, EstimatorTraits, FitContext, FitInput, Model, RowSet } from "./core/estimator.ts";
export { HpoError, type HpoErrorCode } from "./core/hpo-error.ts";
export type { Json } from "./core/json.ts";
export type { Direction, Metric, MetricInput } from "./core/metric.ts";
export type { EvaluationRecord, OutcomeRecord, PredictionRecord } from "./core/records.ts";
export type { EarlierStudy, EarlierTrial, StudySource } from "./core/earlier-study.ts";
export type { FinishedTrial, Proposal, Sampler, SamplerContext, SamplerTraits } from "./core/sampler.ts";
export type { Pruner, PrunerView, ReportedSteps, ReportedTrial } from "./core/pruner.ts";
export type { RunProgress, StudySnapshot, StudySummary, TrialSnapshot } from "./core/snapshot.ts";
export type { Gradient, Params, ParamValue, Space } from "./core/space.ts";
export type { ForbiddenRule, LimitRule, SpaceRules, ValueSet } from "./core/space-rules.ts";
export type { Split, SplitInput, Splitter } from "./core/splitter.ts";
export type { MetricValue, ObjectiveValue, StudySpec, Trial } from "./core/study-spec.ts";
export { auditSplits, type AuditSplitsOptions } from "./audit-splits.ts";
export {
  compareStudies,
  type CompareStudiesOptions,
  compareTrials,
  type CompareTrialsOptions,
  type TrialReference,
} from "./compare-trials.ts";
export type { Handling, Transform, TransformedColumn, Transformer, TransformerTraits } from "./core/transformer.ts";
export { type BootstrapEstimate, bootstrapEstimate, type BootstrapEstimateOptions } from "./bootstrap-estimate.ts";
export { type CrossValidated, type CrossValidateOptions, crossValidate } from "./cross-validate.ts";
export {
  crossValidatePredict,
  type CrossValidatePredicted,
  type CurvePoint,
  learningCurve,
  permutationTest,
  type PermutationTest,
  validationCurve,
} from "./diagnostics.ts";
export { type CsvOptions, csv } from "./data/csv.ts";
export { idx } from "./data/idx.ts";
export { type InMemoryOptions, inMemory } from "./data/in-memory.ts";
export { type LibsvmOptions, libsvm } from "./data/libsvm.ts";
export { npy } from "./data/npy.ts";
export type { ArrayOptions } from "./data/array-recipe.ts";
export { defineStudy, type ModelStudyDefinition, type ObjectiveStudyDefinition } from "./define-study.ts";
export { type Rng, rng } from "./math/rng.ts";
export { accuracy } from "./metrics/accuracy.ts";
export { balancedAccuracy } from "./metrics/balanced-accuracy.ts";
export { cohenKappa } from "./metrics/cohen-kappa.ts";
export { confusionMatrix } from "./metrics/confusion-matrix.ts";
export { f1 } from "./metrics/f1.ts";
export { logLoss } from "./metrics/log-loss.ts";
export { mae } from "./metrics/mae.ts";
export { mse } from "./metrics/mse.ts";
export { r2 } from "./metrics/r2.ts";
export { rmse } from "./metrics/rmse.ts";
export { rocAuc } from "./metrics/roc-auc.ts";
export type { SvmModel } from "./models/svm/model.ts";
export { svm, type SvmEstimator, type SvmOptions } from "./models/svm/svm.ts";
export type { SvrModel } from "./models/svr/model.ts";
export { svr, type SvrEstimator, type SvrOptions } from "./models/svr/svr.ts";
export { loadModel } from "./pipelines/load-model.ts";
export { type NamedSteps, pipeline, type PipelineEstimator } from "./pipelines/pipeline.ts";
export type { PipelineModel } from "./pipelines/pipeline-model.ts";
export { tuned, type TunedStep } from "./pipelines/tuned.ts";
export type { ThresholdBy, ThresholdModel } from "./pipelines/threshold-model.ts";
export { type TunedPipeline, tunedPipeline, type TunedSteps } from "./pipelines/tuned-pipeline.ts";
export { tunedThreshold, type TunedThresholdEstimator, type TunedThresholdOptions } from "./pipelines/tuned-threshold.ts";
export { type OpenStudyOptions, openStudy } from "./open-study.ts";
export { listStudies, readCheckpoint, readModel, readStudy } from "./read-study.ts";
export { hyperband, type HyperbandOptions } from "./pruners/hyperband.ts";
export { median } from "./pruners/median.ts";
export { patience, type PatienceOptions } from "./pruners/patience.ts";
export { type ComparingOptions, percentile, type PercentileOptions } from "./pruners/percentile.ts";
export { successiveHalving, type SuccessiveHalvingOptions } from "./pruners/successive-halving.ts";
export { threshold, type ThresholdOptions } from "./pruners/threshold.ts";
export { wilcoxon, type WilcoxonOptions } from "./pruners/wilcoxon.ts";
export { auto } from "./samplers/auto/auto.ts";
export { type CmaesOptions, cmaes } from "./samplers/cma-es/cmaes.ts";
export { type DifferentialEvolutionOptions, differentialEvolution } from "./samplers/differential-evolution.ts";
export { distinct } from "./samplers/distinct.ts";
export { ehvi, type EhviOptions } from "./samplers/ehvi/ehvi.ts";
export { type GridOptions, grid } from "./samplers/grid.ts";
export { type Nsga2Options, nsga2 } from "./samplers/nsga2/nsga2.ts";
export { gp, type GpOptions } from "./samplers/gp/gp.ts";
export { type HaltonOptions, halton } from "./samplers/halton.ts";
export { type LatinHypercubeOptions, latinHypercube } from "./samplers/latin-hypercube.ts";
export { lbfgs, type LbfgsOptions } from "./samplers/lbfgs/lbfgs.ts";
export { populationBased, type PopulationBasedOptions } from "./samplers/population-based/population-based.ts";
export { random } from "./samplers/random.ts";
export { type SobolOptions, sobol } from "./samplers/sobol.ts";
export { tpe } from "./samplers/tpe/tpe.ts";
export { replicated } from "./samplers/replicated.ts";
export { startup } from "./samplers/startup.ts";
export { choice } from "./space/choice.ts";
export { float } from "./space/float.ts";
export { int } from "./space/int.ts";
export type { FloatNames, ParamsOf, TypedSpace } from "./space/params-of.ts";
export type { Forbidden, Limit, PartialParams } from "./space/rules-of.ts";
export { values } from "./space/values.ts";
export { bootstrap, type BootstrapOptions } from "./splitters/bootstrap.ts";
export { groupKFold } from "./splitters/group-k-fold.ts";
export { type HoldOut, type HoldOutOptions, holdOut } from "./splitters/hold-out.ts";
export { kFold } from "./splitters/k-fold.ts";
export { leaveOneGroupOut, leaveOneOut, leavePGroupsOut, leavePOut } from "./splitters/leave-out.ts";
export { type PredefinedOptions, predefined } from "./splitters/predefined.ts";
export { repeated, type RepeatedOptions } from "./splitters/repeated.ts";
export { groupShuffleSplit, shuffleSplit, type ShuffleSplitOptions, stratifiedShuffleSplit } from "./splitters/shuffle-split.ts";
export { spatialKFold, type SpatialOptions } from "./splitters/spatial-k-fold.ts";
export { stratifiedGroupKFold } from "./splitters/stratified-group-k-fold.ts";
export { stratifiedKFold } from "./splitters/stratified-k-fold.ts";
export { timeSeriesSplit, type TimeSeriesOptions } from "./splitters/time-series-split.ts";
export { type BootstrapError, type ErrorParts, point632Plus } from "./validation/bootstrap-error.ts";
export { fromStudy, type FromStudyOptions } from "./study/earlier-studies.ts";
export type { Study } from "./study/study.ts";
export type { ClassScore } from "./validation/class-scores.ts";
export type { SplitFinding } from "./validation/audit/split-audit.ts";
export type { StudiesComparison } from "./validation/comparison/studies-comparison.ts";
export type { ComparedTrial, TrialComparison } from "./validation/comparison/trial-comparison.ts";
export type { RunStudyOptions } from "./study/study-parts.ts";
export type { StudyCheckpoint } from "./study/study-checkpoint.ts";
export type { StudyModel } from "./study/study-model.ts";
export { impute, type ImputeOptions } from "./transformers/impute.ts";
export { minMax, type MinMaxOptions } from "./transformers/min-max.ts";
export { oneHot, type OneHotOptions } from "./transformers/one-hot.ts";
export { ordinal, type OrdinalOptions } from "./transformers/ordinal.ts";
export { oversample, type OversampleOptions } from "./transformers/oversample.ts";
export { pca, type PcaOptions } from "./transformers/pca.ts";
export { robustScale, type RobustScaleOptions } from "./transformers/robust-scale.ts";
export { selectKBest, type SelectKBestOptions } from "./transformers/select-k-best.ts";
export { smote, type SmoteOptions } from "./transformers/smote.ts";
export { standardize, type StandardizeOptions } from "./transformers/standardize.ts";
export { subsample, type SubsampleOptions } from "./transformers/subsample.ts";
export { varianceThreshold, type VarianceThresholdOptions } from "./transformers/variance-threshold.ts";
