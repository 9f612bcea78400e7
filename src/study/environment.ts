import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import type { Json } from "../core/json.ts";

/** Where a run took place: Node, system, packages, the study's git commit. An allow-list: no environment variable is stored. */
export function environment(folder: string): Json {
  const cpus = os.cpus();
  return {
    node: process.version,
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpu: cpus[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memoryMegabytes: Math.round(os.totalmem() / 1024 ** 2),
    packages: packages(),
    git: gitCommit(folder),
  };
}

/** hpo's own version and those of its dependencies as installed; null for one that can't be found. */
function packages(): Record<string, string | null> {
  const root = new URL("../../package.json", import.meta.url);
  const own = manifest(root) as { version: string; dependencies?: Record<string, string> };
  const folders = createRequire(import.meta.url).resolve.paths("hpo") ?? [];
  const found: Record<string, string | null> = { hpo: own.version };
  for (const name of Object.keys(own.dependencies ?? {})) {
    // Read as files, since a package need not export its package.json.
    const file = folders.map((folder) => path.join(folder, name, "package.json")).find((candidate) => existsSync(candidate));
    found[name] = file === undefined ? null : (manifest(file) as { version: string }).version;
  }
  return found;
}

function manifest(file: string | URL): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The commit that the study's folder is at, with "+" where files differ from it; null outside a repository. */
function gitCommit(folder: string): string | null {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 5000 }).trim();
  try {
    return git("rev-parse", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+");
  } catch {
    return null;
  }
}
