import { existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import { outputFailed } from "./terminal.ts";

/** The name is wrong, not the disk. */
const usageErrors: readonly string[] = ["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "EROFS", "ENAMETOOLONG"];

/** Writes what a person asked for with `--out`: whole or not at all, so that a full disk leaves what stood there before. */
export function writeOutput(file: string, text: string): void {
  // Pipes and devices take the text as it comes.
  const whole = !existsSync(file) || statSync(file).isFile();
  const draft = whole ? `${file}.${process.pid}.tmp` : file;
  try {
    writeFileSync(draft, text);
    if (whole) renameSync(draft, file);
  } catch (cause) {
    if (whole) rmSync(draft, { force: true });
    const { code = "", message } = cause as NodeJS.ErrnoException;
    if (!usageErrors.includes(code)) throw outputFailed(file, cause as Error);
    throw new HpoError("USAGE", `--out must be a file that can be written; got ${showValue(file)} (${message}).`, { cause });
  }
}
