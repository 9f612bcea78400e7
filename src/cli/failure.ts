import { CommanderError } from "commander";
import { HpoError, type HpoErrorCode } from "../core/hpo-error.ts";
import { plainText } from "../report/plain-text.ts";
import { exitCodes } from "./exit-code.ts";

/** Codes that say that the command, not the study, has to change. */
const usageCodes: ReadonlySet<HpoErrorCode> = new Set<HpoErrorCode>([
  "USAGE",
  "STUDY_NOT_FOUND",
  "STUDY_FILE_NOT_FOUND",
  "TRIAL_NOT_FOUND",
  "STUDY_CHANGED",
  "CODE_CHANGED",
]);

export interface Failure {
  readonly exitCode: number;
  /** For stderr; empty where the command line's parser has spoken already. */
  readonly text: string;
}

/** One clear sentence for what was thrown; its stack only where HPO_DEBUG is set. */
export function failure(error: unknown, debug: boolean): Failure {
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? exitCodes.fine : exitCodes.usage, text: "" };
  const stack = debug && error instanceof Error ? `${error.stack ?? ""}${causes(error)}\n` : "";
  if (isHpoError(error)) {
    const exitCode = usageCodes.has(error.code) ? exitCodes.usage : error.code === "ABORTED" ? exitCodes.interrupted : exitCodes.failed;
    return { exitCode, text: `hpo: ${lines(error.message)}\n${stack}` };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `something that is no error was thrown: ${String(error)}`;
  const advice = debug ? "" : " Run it again with HPO_DEBUG=1 to see where, and";
  return {
    exitCode: exitCodes.failed,
    text: `hpo: ${lines(message)}\nhpo: This was not expected.${advice === "" ? " P" : `${advice} p`}lease report it with the study file.\n${stack}`,
  };
}

/** By shape, since a study file may bring a second copy of the class. */
function isHpoError(error: unknown): error is HpoError {
  return error instanceof HpoError || (error instanceof Error && error.name === "HpoError" && "code" in error);
}

/** A message of several lines (a compiler's) stays so; all else that a terminal would act on is written out. */
function lines(message: string): string {
  return message
    .split("\n")
    .map((line) => plainText(line))
    .join("\n");
}

function causes(error: Error): string {
  let text = "";
  let cause = error.cause;
  for (let depth = 0; cause !== undefined && depth < 5; depth += 1) {
    text += `\ncaused by ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return text;
}
