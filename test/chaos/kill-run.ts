import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const driver = fileURLToPath(new URL("./kill-driver.mjs", import.meta.url));

/** How a driven run ended. */
export interface DrivenRun {
  readonly state: "killed" | "complete" | "stopped" | "failed";
  /** Store commits it made. */
  readonly commits: number;
  /** Of the whole process, start included. */
  readonly cpuSeconds: number;
}

export interface DriveOptions {
  readonly file: string;
  readonly database: string;
  readonly workers: number;
  /** Kill at this commit; 0 = never. */
  readonly killAt: number;
  readonly when?: "before" | "after";
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a study file in a process of its own, which kills itself with SIGKILL at a counted store commit. */
export async function drive({ file, database, workers, killAt, when = "after", environment = {} }: DriveOptions): Promise<DrivenRun> {
  const child = spawn(process.execPath, [driver, file, database, String(workers), String(killAt), when], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const end = await new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) throw new Error(`The driven run printed no result (code ${end.code}, signal ${end.signal}): ${stderr}`);
  const run = JSON.parse(line) as DrivenRun;
  const killed = end.signal === "SIGKILL";
  if (killed !== (run.state === "killed") || (!killed && end.code !== 0)) {
    throw new Error(`The driven run said ${run.state} and ended with code ${end.code}, signal ${end.signal}: ${stderr}`);
  }
  return run;
}
