import { HpoError } from "../../core/hpo-error.ts";
import { checkOptions, optional } from "../../core/options.ts";
import { splitterRule } from "../../core/part-rules.ts";
import type { Splitter } from "../../core/splitter.ts";
import type { StudySpec } from "../../core/study-spec.ts";

/** What a study says that has to do with its nested cross-validation. */
interface NestedDefinition {
  readonly nested?: { readonly outer: Splitter; readonly inner?: Splitter };
  readonly cv?: Splitter;
  readonly objectives?: readonly string[];
  readonly warmStart?: object;
}

/** @throws HpoError OPTION_INVALID where a study of an objective function asks for it */
export function refuseNested(where: string, definition: object): void {
  if (!("nested" in definition) || definition.nested === undefined) return;
  throw refused(where, "stand beside a model, whose training rows it divides; got an objective function");
}

/** The option `nested`, checked; null where it is not given. @throws HpoError OPTION_INVALID for what can't be judged so */
export function nestedOption(where: string, definition: object): StudySpec["nested"] {
  const { nested, cv, objectives = [], warmStart } = definition as NestedDefinition;
  if (nested === undefined || cv === undefined) return null;
  checkOptions(`${where}(): nested`, nested, { outer: splitterRule(5), inner: optional(splitterRule(5)) });
  const { outer, inner = cv } = nested;
  if (objectives.length > 1) {
    throw refused(
      where,
      `stand with one objective, since several have no single best to be judged; got ${objectives.length} (${objectives.join(", ")})`,
    );
  }
  if (warmStart !== undefined) {
    throw refused(where, "stand without warmStart, whose studies may have learnt from the rows that are to judge the searches; got both");
  }
  if (inner.ordered === true && outer.ordered !== true) {
    throw refused(
      where,
      `have an outer splitter that keeps the order of time, as the inner one (${inner.name}) does; got ${outer.name}, which trains on rows later than those it tests`,
    );
  }
  return Object.freeze({ outer, inner });
}

function refused(where: string, must: string): HpoError {
  return new HpoError("OPTION_INVALID", `${where}(): nested must ${must}.`);
}
