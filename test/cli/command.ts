import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** The built program, as a newcomer starts it. */
export const main: string = path.join(path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))), "dist/cli/main.js");

export interface Ended {
  readonly status: number | null;
  /** What ended it, where it did not end by itself. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** Resolves once stderr has the pattern, with what it has then; rejects where the command ends before. */
  until(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
  /** How it exited: `ended` waits for what it left running, too, which holds its streams. */
  readonly exited: Promise<Pick<Ended, "status" | "signal">>;
}

export interface StudyFolder {
  readonly path: string;
  write(name: string, content: string | Uint8Array): void;
  hpo(...args: readonly string[]): Ended;
  start(...args: readonly string[]): Running;
}

/** A folder with study files, outside the checkout, that goes away with the test file. */
export function studyFolder(files: Readonly<Record<string, string>>): StudyFolder {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(path.join(folder, name), content);
  for (const [name, text] of Object.entries(files)) write(name, text);
  const env = { ...process.env, CI: "1", NO_COLOR: "1" };
  return {
    path: folder,
    write,
    hpo: (...args) => {
      const { status, signal, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", env });
      return { status, signal, stdout, stderr };
    },
    start: (...args) => running(folder, args, env),
  };
}

function running(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env });
  let [stdout, stderr] = ["", ""];
  let over = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    wake();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (status, signal) => {
      over = true;
      wake();
      resolve({ status, signal, stdout, stderr });
    });
  });
  return {
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(stderr)) resolve(stderr);
          else if (over) reject(new Error(`the command ended without ${String(pattern)}:\n${stderr}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    signal: (name) => {
      child.kill(name);
    },
    ended,
    exited: new Promise((resolve) => child.on("exit", (status, signal) => resolve({ status, signal }))),
  };
}
