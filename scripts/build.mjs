// Builds dist/: TypeScript with tsc, its modules bundled by esbuild, the AssemblyScript kernels with asc. Plain JavaScript, since `prepare` runs it
// before anything is built, and also with --omit=dev, where the compilers are absent: then it says so and exits 0.
//
// What runs from dist/ meanwhile, such as tests beside `npm run check`, sees each file whole: all is made elsewhere, and only files that differ are replaced,
// each in one step. Where something can't be compiled dist/ stays as it was.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const prepare = process.argv.includes("--prepare");

/** The script behind a package's command, or undefined where the package is not installed. */
function command(packageName, relative) {
  try {
    return path.join(path.dirname(require.resolve(`${packageName}/package.json`)), relative);
  } catch {
    return undefined;
  }
}

const tsc = command("typescript", "bin/tsc");
const asc = command("assemblyscript", "bin/asc.js");
if (tsc === undefined || asc === undefined) {
  console.error("hpo: not built, since the compilers are development packages; run `npm ci && npm run build` in a checkout.");
  process.exit(prepare ? 0 : 1);
}

function run(script, args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
  return status === 0;
}

const dist = path.join(root, "dist");
const cache = path.join(root, ".cache");
mkdirSync(cache, { recursive: true });
const made = mkdtempSync(path.join(cache, "build-"));
let ok;
try {
  ok = await compile(made);
  if (ok) replace(made, dist);
} finally {
  rmSync(made, { recursive: true, force: true });
}
process.exit(ok ? 0 : 1);

/** Whether all of it could be compiled. */
async function compile(folder) {
  const outputs = [run(tsc, ["-p", "tsconfig.build.json", "--outDir", folder])];
  if (outputs[0]) await bundle(folder);
  const assembly = path.join(root, "src/kernels/assembly");
  mkdirSync(path.join(folder, "kernels"), { recursive: true });
  for (const file of readdirSync(assembly).filter((name) => name.endsWith(".entry.ts"))) {
    const name = file.slice(0, -".entry.ts".length);
    outputs.push(
      run(asc, [
        path.join("src/kernels/assembly", file),
        "--outFile",
        path.relative(root, path.join(folder, "kernels", `${name}.wasm`)),
        "--runtime",
        "stub",
        "--enable",
        "simd",
        "--enable",
        "threads",
        "--importMemory",
        "--sharedMemory",
        "--initialMemory",
        "1",
        "--maximumMemory",
        "65536",
        "-O3",
        "--converge",
        "--noAssert",
      ]),
    );
  }
  const bin = path.join(folder, "cli/main.js");
  if (existsSync(bin)) chmodSync(bin, 0o755);
  return outputs.every(Boolean);
}

/** `old` becomes what `fresh` is; what an earlier state of src/ has left goes. */
function replace(fresh, old) {
  const files = filesOf(fresh);
  for (const file of files) {
    const [from, to] = [path.join(fresh, file), path.join(old, file)];
    if (existsSync(to) && statSync(to).mode === statSync(from).mode && readFileSync(to).equals(readFileSync(from))) continue;
    mkdirSync(path.dirname(to), { recursive: true });
    renameSync(from, to);
  }
  const kept = new Set(files);
  for (const file of existsSync(old) ? filesOf(old) : []) if (!kept.has(file)) rmSync(path.join(old, file));
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
