import { HpoError } from "../core/hpo-error.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import { finite, listOf, oneOf, type OptionRule, showValue } from "../core/options.ts";
import { anyText, follow, kindMember, members, must } from "../core/saved-json/members.ts";
import { type SvmModel, svmModel } from "../models/svm/model.ts";
import { svmModelState } from "../models/svm/model-json.ts";
import { type SvrModel, svrModel } from "../models/svr/model.ts";
import { svrModelState } from "../models/svr/model-json.ts";
import { loadTransform } from "../transformers/load-transform.ts";
import { type PipelineModel, pipelineModel, pipelineVersion } from "./pipeline-model.ts";
import { type ThresholdBy, type ThresholdModel, thresholdModel, thresholdVersion } from "./threshold-model.ts";

const single = {
  svm: (json: Json): SvmModel => svmModel(svmModelState(json)),
  svr: (json: Json): SvrModel => svrModel(svrModelState(json)),
} as const;
const readers = { ...single, tunedThreshold: readThreshold, pipeline: readPipeline } as const;
type Kind = keyof typeof readers;
const everyKind = Object.keys(readers) as readonly Kind[];
const names = "kind, version and the members of that kind";

/**
 * The model that a fitted model's `toJSON()` describes: its answers have equal bits. Anything else is refused, however it came about.
 * Its `kind` says which it is: "svm" for classes, "svr" for numbers, "pipeline" for either behind transforms, "tunedThreshold" for two classes with a
 * threshold of their own. Where `kind` is given, models of another
 * are refused too.
 * @throws HpoError DATA_INVALID, with the path of the first member that is wrong, what it must be, and what came
 */
export function loadModel(json: Json): SvmModel | SvrModel | PipelineModel | ThresholdModel;
export function loadModel(json: Json, kind: "svm"): SvmModel;
export function loadModel(json: Json, kind: "svr"): SvrModel;
export function loadModel(json: Json, kind: "pipeline"): PipelineModel;
export function loadModel(json: Json, kind: "tunedThreshold"): ThresholdModel;
export function loadModel(json: Json, kind?: Kind): SvmModel | SvrModel | PipelineModel | ThresholdModel {
  const known = oneOf(everyKind);
  if (kind !== undefined && !known.accepts(kind)) {
    throw new HpoError("OPTION_INVALID", `loadModel(): kind must be ${known.must}; got ${showValue(kind)}.`, {
      data: { where: "loadModel", option: "kind", value: kind },
    });
  }
  const kinds = kind === undefined ? everyKind : [kind];
  must("model", isShallow(json), `at most ${deepest} models deep`, (json as { readonly model?: Json } | null)?.model);
  return readers[kindMember(json, "", { kinds, names })](json);
}

/** Models in each other: a threshold of a pipeline in a pipeline is two deep. */
const deepest = 4;

/** Readers call each other, so that a stranger's text must not decide how often. */
function isShallow(json: Json): boolean {
  let left: unknown = json;
  for (let depth = 0; depth <= deepest; depth++) left = (left as { readonly model?: unknown } | null | undefined)?.model;
  return left === undefined;
}

const object: OptionRule = {
  must: "an object",
  optional: false,
  accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

function readPipeline(json: Json): PipelineModel {
  const saved = members(json, "", ["kind", "version", "transforms", "model"]);
  follow("version", saved["version"], oneOf([pipelineVersion]));
  const list = follow("transforms", saved["transforms"], listOf(object)) as readonly unknown[];
  const transforms = list.map((one, at) => loadTransform(one, `transforms[${at}]`));
  // Readers have checked every member by now.
  for (const [at, { columns }] of transforms.entries()) {
    const next = list[at + 1] as { readonly inputs: Json } | undefined;
    if (next === undefined) continue;
    const same = canonicalJson(next.inputs) === canonicalJson(columns);
    must(`transforms[${at + 1}].inputs`, same, `the ${columns.length} columns that transforms[${at}] gives`, next.inputs);
  }
  const model = inner(saved["model"] as Json, { kinds: ["svm", "svr", "tunedThreshold"], owner: "pipeline" });
  const width = widthOf(saved["model"] as Json);
  const left = transforms.at(-1)?.columns.length ?? width;
  must("model.width", width === left, `${left}, the columns that the last transform gives`, width);
  return pipelineModel(transforms, model);
}

function readThreshold(json: Json): ThresholdModel {
  const saved = members(json, "", ["kind", "version", "by", "threshold", "warnings", "model"]);
  follow("version", saved["version"], oneOf([thresholdVersion]));
  const by = follow("by", saved["by"], oneOf(["scores", "probabilities"])) as ThresholdBy;
  const threshold = follow("threshold", saved["threshold"], finite()) as number;
  const warnings = follow("warnings", saved["warnings"], listOf(anyText)) as readonly string[];
  const model = inner(saved["model"] as Json, { kinds: ["svm", "pipeline"], owner: "tuned threshold" });
  const last = model.kind === "pipeline" ? model.model : model;
  const { classes, kind } = last as Partial<SvmModel>;
  must("model", classes?.length === 2, "a model of two classes", classes === undefined ? kind : `${classes.length} classes`);
  must("by", by === "scores" || last.predictProbabilities !== undefined, '"scores", since the model gives no probabilities', by);
  return thresholdModel(model, { by, threshold, warnings });
}

/** How many columns the model at the end takes. */
function widthOf(json: Json): number {
  const { width, model } = json as { readonly width?: number; readonly model?: Json };
  return width ?? widthOf(model as Json);
}

interface Inner {
  readonly kinds: readonly Kind[];
  /** For people: what the model is in. */
  readonly owner: string;
}

/** A model in another, whose own reader names members as if it stood alone. */
function inner(json: Json, { kinds, owner }: Inner): SvmModel | SvrModel | PipelineModel | ThresholdModel {
  const kind = kindMember(json, "model", { kinds, names });
  try {
    return readers[kind](json);
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    const member = String(error.data["member"]);
    const path = member === "" ? "model" : `model.${member}`;
    throw new HpoError(error.code, error.message.replace("loadModel(): ", `loadModel(): in the ${owner}'s model, `), {
      data: { ...error.data, member: path },
      cause: error,
    });
  }
}
