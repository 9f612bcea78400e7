import { CommanderError } from "commander";
import { HpoError, type HpoErrorCode } from "../core/hpo-error.ts";
import { plainLines } from "../report/plain-text.ts";
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
  const stack = debug && error instanceof Error ? `${plainLines(`${told(error, "stack")}${causes(error)}`)}\n` : "";
  if (isHpoError(error)) {
    const exitCode = usageCodes.has(error.code) ? exitCodes.usage : error.code === "ABORTED" ? exitCodes.interrupted : exitCodes.failed;
    return { exitCode, text: `hpo: ${plainLines(told(error, "message"))}\n${stack}` };
  }
  const message =
    error instanceof Error ? `${told(error, "name")}: ${told(error, "message")}` : `something that is no error was thrown: ${shown(error)}`;
  const advice = debug ? "" : " Run it again with HPO_DEBUG=1 to see where, and";
  return {
    exitCode: exitCodes.failed,
    text: `hpo: ${plainLines(message)}\nhpo: This was not expected.${advice === "" ? " P" : `${advice} p`}lease report it with the study file.\n${stack}`,
  };
}

/** A member as text. A study's code may throw what throws when it is read. */
function told(error: Error, member: "name" | "message" | "stack"): string {
  try {
    const value: unknown = error[member];
    return value == null ? "" : String(value);
  } catch {
    return "";
  }
}

/** Anything as text; an object without a prototype has no toString. */
function shown(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "a value that can't be read";
  }
}

/** By shape, since a study file may bring a second copy of the class. */
function isHpoError(error: unknown): error is HpoError {
  return error instanceof HpoError || (error instanceof Error && error.name === "HpoError" && "code" in error);
}

function causes(error: Error): string {
  let text = "";
  let cause = error.cause;
  for (let depth = 0; cause !== undefined && depth < 5; depth += 1) {
    text += `\ncaused by ${cause instanceof Error ? told(cause, "stack") : shown(cause)}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return text;
}
