import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
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

/** hpo's own version and those of its dependencies as installed. */
function packages(): Record<string, string> {
  const own = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
    dependencies?: Record<string, string>;
  };
  const require = createRequire(import.meta.url);
  const found: Record<string, string> = { hpo: own.version };
  for (const [name, range] of Object.entries(own.dependencies ?? {})) {
    try {
      found[name] = (require(`${name}/package.json`) as { version: string }).version;
    } catch {
      // The package does not export its package.json; the declared range says what it can be.
      found[name] = range;
    }
  }
  return found;
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
