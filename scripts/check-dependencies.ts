import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly dev?: boolean;
  readonly os?: readonly string[];
  readonly license?: string;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

/** What the package holds, and nothing else. */
const packed = /^(?:dist\/.+\.(?:js|d\.ts|wasm)|docs\/.+\.(?:md|svg|txt)|CHANGELOG\.md|LICENSE|README\.md|package\.json)$/;

/**
 * Whether docs/security.md lists each runtime dependency with its licence and install script as package-lock.json has them, the lock pins each package by its hash, only what is
 * listed and allowed runs a script when it is installed, and the package holds what is meant.
 */
export function dependencyProblems(root: string, { pack = true }: { readonly pack?: boolean } = {}): string[] {
  const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
  const { dependencies = {}, allowScripts = {} } = JSON.parse(read("package.json")) as Manifest;
  const { packages } = JSON.parse(read("package-lock.json")) as { readonly packages: Readonly<Record<string, Locked>> };
  const problems = listProblems(read("docs/security.md"), dependencies, packages);
  for (const [place, { resolved = "", integrity, dev, optional, os }] of Object.entries(packages)) {
    if (place === "") continue;
    if (!resolved.startsWith("https://registry.npmjs.org/") && resolved !== "")
      problems.push(`${place} comes from ${resolved}, not from npm's registry.`);
    // Binaries of development tools for other systems, which nothing here installs.
    const elsewhere = dev === true && optional === true && os !== undefined;
    if (integrity === undefined && !elsewhere) problems.push(`${place} must have an integrity in package-lock.json.`);
  }
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  for (const [place] of scripted) {
    const name = place.replace(/^.*node_modules\//, "");
    if (allowScripts[name] !== true)
      problems.push(`${name} runs a script when it is installed; list it under allowScripts in package.json, or do without it.`);
  }
  for (const name of Object.keys(allowScripts)) {
    if (!scripted.some(([place]) => place === `node_modules/${name}`))
      problems.push(`allowScripts names ${name}, which has no install script.`);
  }
  return pack ? [...problems, ...packProblems(root)] : problems;
}

/** "| better-sqlite3 | why | 27 MB | MIT | compiles … |": a row for each, whose licence and script are the lock's. */
function listProblems(text: string, dependencies: Readonly<Record<string, string>>, packages: Readonly<Record<string, Locked>>): string[] {
  const rows = new Map(
    [...text.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)].map(
      ([, name = "", rest = ""]) => [name, rest.split("|").map((cell) => cell.trim())] as const,
    ),
  );
  const problems = [...rows.keys()]
    .filter((name) => !Object.hasOwn(dependencies, name))
    .map((name) => `docs/security.md lists ${name}, which is no dependency.`);
  for (const name of Object.keys(dependencies)) {
    const [why = "", , licence, script] = rows.get(name) ?? [];
    const locked = packages[`node_modules/${name}`];
    if (!rows.has(name) || why === "") problems.push(`docs/security.md must list ${name} with what it is for.`);
    else if (licence !== locked?.license)
      problems.push(`docs/security.md: the licence of ${name} must be ${String(locked?.license)}; got ${String(licence)}.`);
    else if ((script === "none") === (locked?.hasInstallScript === true))
      problems.push(`docs/security.md must say what the install script of ${name} does, or none.`);
  }
  return problems;
}

function packProblems(root: string): string[] {
  const text = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--silent"], { cwd: root, encoding: "utf8" });
  const [found] = JSON.parse(text) as [{ readonly files: readonly { readonly path: string }[] }];
  return found.files.filter((file) => !packed.test(file.path)).map((file) => `The package must not hold ${file.path}.`);
}
