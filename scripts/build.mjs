// Builds dist/: TypeScript with tsc, the AssemblyScript kernels with asc. Plain JavaScript, since `prepare` runs it
// before anything is built, and also with --omit=dev, where the compilers are absent: then it says so and exits 0.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

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

// What is packed holds nothing that an earlier state of src/ has left.
if (prepare) rmSync(path.join(root, "dist"), { recursive: true, force: true });

let ok = run(tsc, ["-p", "tsconfig.build.json"]);
const assembly = path.join(root, "src/kernels/assembly");
mkdirSync(path.join(root, "dist/kernels"), { recursive: true });
for (const file of readdirSync(assembly).filter((name) => name.endsWith(".entry.ts"))) {
  const name = file.slice(0, -".entry.ts".length);
  ok =
    run(asc, [
      path.join("src/kernels/assembly", file),
      "--outFile",
      `dist/kernels/${name}.wasm`,
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
    ]) && ok;
}
const bin = path.join(root, "dist/cli/main.js");
if (existsSync(bin)) chmodSync(bin, 0o755);
process.exit(ok ? 0 : 1);
