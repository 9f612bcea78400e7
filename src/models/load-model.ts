import { HpoError } from "../core/hpo-error.ts";
import type { Json } from "../core/json.ts";
import { oneOf, showValue } from "../core/options.ts";
import { kindMember } from "./json/members.ts";
import { type SvmModel, svmModel } from "./svm/model.ts";
import { svmModelState } from "./svm/model-json.ts";
import { type SvrModel, svrModel } from "./svr/model.ts";
import { svrModelState } from "./svr/model-json.ts";

const readers = {
  svm: (json: Json): SvmModel => svmModel(svmModelState(json)),
  svr: (json: Json): SvrModel => svrModel(svrModelState(json)),
} as const;
type Kind = keyof typeof readers;
const everyKind = Object.keys(readers) as readonly Kind[];

/**
 * The model that a fitted model's `toJSON()` describes: its answers have equal bits. Anything else is refused, however it came about.
 * Its `kind` says which it is: "svm" for classes, "svr" for numbers. Where `kind` is given, models of another are refused too.
 * @throws HpoError DATA_INVALID, with the path of the first member that is wrong, what it must be, and what came
 */
export function loadModel(json: Json): SvmModel | SvrModel;
export function loadModel(json: Json, kind: "svm"): SvmModel;
export function loadModel(json: Json, kind: "svr"): SvrModel;
export function loadModel(json: Json, kind?: Kind): SvmModel | SvrModel {
  const known = oneOf(everyKind);
  if (kind !== undefined && !known.accepts(kind)) {
    throw new HpoError("OPTION_INVALID", `loadModel(): kind must be ${known.must}; got ${showValue(kind)}.`, {
      data: { where: "loadModel", option: "kind", value: kind },
    });
  }
  const kinds = kind === undefined ? everyKind : [kind];
  return readers[kindMember(json, "", { kinds, names: "kind, version and the members of that kind" })](json);
}
