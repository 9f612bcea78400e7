/** Stable codes, for programs; the message is for people. A code is never renamed. */
export type HpoErrorCode =
  | "OPTION_INVALID"
  | "SPACE_INVALID"
  | "GRID_TOO_LARGE"
  | "DATA_INVALID"
  | "DATA_NOT_FOUND"
  | "DATA_UNSUPPORTED"
  | "SPLIT_INVALID"
  | "SAMPLER_INVALID"
  | "PRUNER_INVALID"
  | "METRIC_UNSUPPORTED"
  | "MODEL_UNSUPPORTED"
  | "MODEL_NOT_FOUND"
  | "CHECKPOINT_LOST"
  | "CHECKPOINT_UNREADABLE"
  | "OBJECTIVE_INVALID"
  | "STUDY_FILE_NOT_FOUND"
  | "STUDY_FILE_INVALID"
  | "STUDY_NOT_FOUND"
  | "STUDY_CHANGED"
  | "CODE_CHANGED"
  | "STUDY_BUSY"
  | "STORE_INVALID"
  | "STORE_NEWER"
  | "STORE_FAILED"
  | "OUTPUT_FAILED"
  | "WORKER_FAILED"
  | "TRIAL_NOT_FOUND"
  | "ABORTED"
  | "USAGE";

/**
 * The one error class of hpo. The message says what is wrong, how it must be, what came, and the cure;
 * `code` is stable and `data` holds what a program needs (file, line, column, option, count …).
 */
export class HpoError extends Error {
  override readonly name = "HpoError";
  readonly code: HpoErrorCode;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: HpoErrorCode, message: string, details: { data?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.data = Object.freeze({ ...details.data });
  }
}
