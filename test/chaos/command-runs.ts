// The command line called in this process: thousands of commands in the time of a few started ones.
import { failure } from "#hpo/cli/failure";
import { program } from "#hpo/cli/program";

export interface CommandEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `hpo ...args` as dist/cli/main.js does, and gives back what it would have printed. */
export async function runHere(args: readonly string[], { debug = false }: { readonly debug?: boolean } = {}): Promise<CommandEnd> {
  const written = { stdout: "", stderr: "" };
  const back = (["stdout", "stderr"] as const).map((name) => {
    const { write } = process[name];
    process[name].write = (chunk: string | Uint8Array, second?: unknown, third?: unknown): boolean => {
      written[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
      const done = (typeof second === "function" ? second : third) as (() => void) | undefined;
      if (done !== undefined) queueMicrotask(done);
      return true;
    };
    return () => (process[name].write = write);
  });
  let exitCode = 0;
  try {
    await program((code) => (exitCode = code)).parseAsync(["node", "hpo", ...args]);
  } catch (error) {
    const told = failure(error, debug);
    exitCode = told.exitCode;
    written.stderr += told.text;
  } finally {
    for (const one of back) one();
  }
  return { exitCode, ...written };
}
