import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface RunPlace {
  readonly database: string;
  readonly workers: number;
  readonly isolation: "thread" | "process";
}

/** What Node is given to run a study file by the command line, as tests of faults do: progress as lines. */
export function runArguments(file: string, { database, workers, isolation }: RunPlace): readonly string[] {
  return [main, "run", file, "--db", database, "--workers", String(workers), "--isolation", isolation, "--reporter", "plain"];
}
