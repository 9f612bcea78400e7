// One run of the command in a process of its own, killed at an instant or not at all, with the CPU seconds of all that it started.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

export interface CommandRun {
  readonly killed: boolean;
  /** From its start to its end. */
  readonly wallSeconds: number;
  /** User and system time of the process and of those it waited for: start and end included, killed or not. */
  readonly cpuSeconds: number;
}

/** The shell tells the process's id, waits for it, and tells how it ended and what its children used. */
const shell = `"$@" >&2 & echo "$!"; wait "$!"; echo "code $?"; times`;

/** Milliseconds between two looks at whether it is time. */
const lookEvery = 20;

/** Runs `hpo ...args`; SIGKILL `delay` milliseconds after `due` is seen to hold. Throws where it fails by itself. */
export async function runCommand(
  args: readonly string[],
  {
    environment,
    kill,
  }: { readonly environment: Readonly<Record<string, string>>; readonly kill?: { due(): boolean; readonly delay: number } | undefined },
): Promise<CommandRun> {
  const start = performance.now();
  const child = spawn("sh", ["-c", shell, "sh", process.execPath, path.join(root, "dist/cli/main.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let output = "";
  let errors = "";
  let timer: NodeJS.Timeout | undefined;
  const look = (pid: number): void => {
    const due = kill?.due() === true;
    timer = setTimeout(due ? () => process.kill(pid, "SIGKILL") : () => look(pid), due ? kill.delay : lookEvery);
  };
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    if (output.includes("code ")) clearTimeout(timer);
    else if (timer === undefined && kill !== undefined && output.includes("\n")) look(Number.parseInt(output, 10));
  });
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  const code = Number(/^code (\d+)$/mu.exec(output)?.[1]);
  const killed = kill !== undefined && code === 128 + 9;
  if (code !== 0 && !killed) throw new Error(`hpo ${args.join(" ")} ended with ${code}: ${errors}`);
  return { killed, wallSeconds: (performance.now() - start) / 1000, cpuSeconds: childSeconds(output) };
}

/** The last line of `times`: user and system time of the children, such as "1m2.50s 0m1.25s". */
function childSeconds(output: string): number {
  const last = output.trim().split("\n").at(-1) ?? "";
  const found = [...last.matchAll(/(\d+)m([\d.]+)s/gu)];
  if (found.length !== 2) throw new Error(`The shell told no times: ${output}`);
  return found.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
