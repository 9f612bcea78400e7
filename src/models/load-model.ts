import type { Json } from "../core/json.ts";
import { type SvmModel, svmModel } from "./svm/model.ts";
import { svmModelState } from "./svm/model-json.ts";

/**
 * The model that a fitted model's `toJSON()` describes: its answers have equal bits. Anything else is refused, however it came about.
 * @throws HpoError DATA_INVALID, with the path of the first member that is wrong, what it must be, and what came
 */
export function loadModel(json: Json): SvmModel {
  return svmModel(svmModelState(json));
}
