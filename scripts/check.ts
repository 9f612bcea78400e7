// Checks everything but the tests: `npm run check`, or some of it: `npm run check -- layers sizes`.
// `npm run check -- api --write` accepts a change of the public names.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { apiProblems } from "./check-api.ts";
import { dependencyProblems } from "./check-dependencies.ts";
import { layerProblems } from "./check-layers.ts";
import { sizeProblems } from "./check-sizes.ts";
import { sqlProblems } from "./check-sql.ts";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What a step found; an empty text where all is well. */
type Step = () => string | Promise<string>;

// The build's tsconfig tells knip that dist/ is made of src/.
const knip = ["--tsConfig", "tsconfig.build.json", "--no-config-hints"];

const steps: Readonly<Record<string, Step>> = {
  types: () => tool("tsc"),
  lint: () => tool("oxlint", "--type-aware", "--deny-warnings"),
  format: () => tool("biome", "format"),
  layers: () => layerProblems(root).join("\n"),
  sizes: () => sizeProblems(root).join("\n"),
  sql: () => sqlProblems(root).join("\n"),
  dependencies: () => dependencyProblems(root).join("\n"),
  api: () => apiProblems(root, process.argv.includes("--write")).join("\n"),
  unused: () => tool("knip", ...knip),
  // What the package itself does not reach: files that only tests use, and packages that only tests need.
  "unused in the package": () => tool("knip", ...knip, "--production", "--include", "files,dependencies,unlisted"),
  package: () => tool("publint", "--strict"),
};

/** Runs an installed command; what it printed, if it failed. */
function tool(name: string, ...args: string[]): Promise<string> {
  return run(path.join(root, "node_modules/.bin", name), args);
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => resolve(code === 0 ? "" : output.trim() || `${path.basename(command)} ended with ${code}`));
  });
}

/** Runs a step and tells it in one line; what it found, if anything. */
async function report(name: string, step: Step): Promise<{ name: string; found: string }> {
  const start = performance.now();
  const found = await step();
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
  console.log(`${found === "" ? "ok    " : "FAILED"} ${seconds} s  ${name}`);
  return { name, found };
}

const asked = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const unknown = asked.filter((name) => !Object.hasOwn(steps, name));
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(", ")}; the checks are ${Object.keys(steps).join(", ")}.`);
  process.exit(2);
}

// The types of the tests and the package's own check read dist/, so it is built first.
const build = await report("build", () => run(process.execPath, ["scripts/build.mjs"]));
const chosen = Object.entries(steps).filter(([name]) => asked.length === 0 || asked.includes(name));
const results = [build, ...(await Promise.all(chosen.map(([name, step]) => report(name, step))))];
const failed = results.filter(({ found }) => found !== "");
for (const { name, found } of failed) console.log(`\n── ${name} ──\n${found}`);
console.log(failed.length === 0 ? `\n${results.length} checks passed.` : `\n${failed.length} of ${results.length} checks failed.`);
process.exitCode = failed.length === 0 ? 0 : 1;
