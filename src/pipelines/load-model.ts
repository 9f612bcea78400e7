import type { Model } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import { listOf, oneOf, type OptionRule, showValue } from "../core/options.ts";
import { follow, kindMember, members, must } from "../core/saved-json/members.ts";
import { type SvmModel, svmModel } from "../models/svm/model.ts";
import { svmModelState } from "../models/svm/model-json.ts";
import { type SvrModel, svrModel } from "../models/svr/model.ts";
import { svrModelState } from "../models/svr/model-json.ts";
import { loadTransform } from "../transformers/load-transform.ts";
import { type PipelineModel, pipelineModel, pipelineVersion } from "./pipeline-model.ts";

const single = {
  svm: (json: Json): SvmModel => svmModel(svmModelState(json)),
  svr: (json: Json): SvrModel => svrModel(svrModelState(json)),
} as const;
const readers = { ...single, pipeline: readPipeline } as const;
type Kind = keyof typeof readers;
const everyKind = Object.keys(readers) as readonly Kind[];
const names = "kind, version and the members of that kind";

/**
 * The model that a fitted model's `toJSON()` describes: its answers have equal bits. Anything else is refused, however it came about.
 * Its `kind` says which it is: "svm" for classes, "svr" for numbers, "pipeline" for either behind transforms. Where `kind` is given, models of another
 * are refused too.
 * @throws HpoError DATA_INVALID, with the path of the first member that is wrong, what it must be, and what came
 */
export function loadModel(json: Json): SvmModel | SvrModel | PipelineModel;
export function loadModel(json: Json, kind: "svm"): SvmModel;
export function loadModel(json: Json, kind: "svr"): SvrModel;
export function loadModel(json: Json, kind: "pipeline"): PipelineModel;
export function loadModel(json: Json, kind?: Kind): SvmModel | SvrModel | PipelineModel {
  const known = oneOf(everyKind);
  if (kind !== undefined && !known.accepts(kind)) {
    throw new HpoError("OPTION_INVALID", `loadModel(): kind must be ${known.must}; got ${showValue(kind)}.`, {
      data: { where: "loadModel", option: "kind", value: kind },
    });
  }
  const kinds = kind === undefined ? everyKind : [kind];
  return readers[kindMember(json, "", { kinds, names })](json);
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
  const model = readModel(saved["model"] as Json);
  const { width } = saved["model"] as { readonly width: number };
  const left = transforms.at(-1)?.columns.length ?? width;
  must("model.width", width === left, `${left}, the columns that the last transform gives`, width);
  return pipelineModel(transforms, model);
}

/** The model at the end, whose own reader names members as if it stood alone. */
function readModel(json: Json): Model {
  const kind = kindMember(json, "model", { kinds: Object.keys(single) as readonly (keyof typeof single)[], names });
  try {
    return single[kind](json);
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    const member = String(error.data["member"]);
    const path = member === "" ? "model" : `model.${member}`;
    throw new HpoError(error.code, error.message.replace("loadModel(): ", "loadModel(): in the pipeline's model, "), {
      data: { ...error.data, member: path },
      cause: error,
    });
  }
}
