import { HpoError, type HpoErrorCode } from "./hpo-error.ts";
import { showValue } from "./options.ts";

/**
 * Calls a part of a study that may be a user's own (`what`: "the sampler own, asked for trial 3,"), so that what it throws names it. An HpoError says enough
 * already and passes as it is.
 */
export function calling<T>(what: string, code: HpoErrorCode, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw partFailure(what, code, cause);
  }
}

/** What a part of a study threw, as an error that names it. */
export function partFailure(what: string, code: HpoErrorCode, cause: unknown): HpoError {
  if (cause instanceof HpoError) return cause;
  const named =
    cause instanceof Error && cause.name !== "Error" ? `${cause.name}: ${cause.message}` : cause instanceof Error && cause.message;
  return new HpoError(code, `${what} failed: ${named === false ? `it threw ${showValue(cause)}` : named}`, { cause });
}
