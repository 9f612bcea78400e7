import { CommanderError } from "commander";
import { failure } from "#hpo/cli/failure";
import { program } from "#hpo/cli/program";
import type { Refusal } from "./target.ts";
import { WrongAnswer } from "./wrong-answer.ts";

interface Captured {
  readonly exitCode: number;
  readonly out: string;
  readonly errors: string;
  readonly refusal: Refusal | undefined;
}

/** The command in this process: what it writes, how it ends, and what it refuses. @throws what is no HpoError and no word of the parser */
export async function captured(args: readonly string[]): Promise<Captured> {
  let [out, errors] = ["", ""];
  const writes = [process.stdout.write, process.stderr.write] as const;
  const taken = (add: (text: string) => void) =>
    ((chunk: string | Uint8Array, second?: unknown, third?: unknown): boolean => {
      add(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
      const done = (typeof second === "function" ? second : third) as (() => void) | undefined;
      done?.();
      return true;
    }) as typeof process.stdout.write;
  process.stdout.write = taken((text) => (out += text));
  process.stderr.write = taken((text) => (errors += text));
  let exitCode = 0;
  let refusal: Refusal | undefined;
  try {
    await program((code) => (exitCode = code)).parseAsync(["node", "hpo", ...args]);
  } catch (error) {
    const told = failure(error, false);
    exitCode = told.exitCode;
    if (error instanceof CommanderError) {
      const [line = ""] = errors.split("\n");
      if (exitCode !== 0)
        refusal = {
          code: "USAGE",
          message: line === "" || line.startsWith("Usage:") ? "Usage was shown." : line.replace(/[^.?)]$/u, "$&."),
        };
    } else if (error instanceof Error && error.name === "HpoError") refusal = error as unknown as Refusal;
    else throw error;
  } finally {
    [process.stdout.write, process.stderr.write] = writes;
  }
  return { exitCode, out, errors, refusal };
}

/** What no report may print, whatever is stored. */
export function checkReport(out: string): void {
  const wrong = /\[object |\bundefined\b|(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.exec(out);
  if (wrong === null) return;
  const around = out.slice(Math.max(0, wrong.index - 80), wrong.index + 80);
  throw new WrongAnswer(`prints ${JSON.stringify(wrong[0])} in ${JSON.stringify(around)}`);
}
