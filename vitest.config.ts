import { defineConfig } from "vitest/config";
import { closingLineReporter } from "./test/closing-line-reporter.ts";

/** Folders whose tests change nothing that other files of tests meet: they share processes, which start in a quarter of a second and compile the package anew. */
const sharing = [
  "bench",
  "checks",
  "cli",
  "core",
  "data",
  "golden",
  "kernels",
  "math",
  "metrics",
  "models",
  "pipelines",
  "pruners",
  "quality",
  "report",
  "samplers",
  "space",
  "splitters",
  "study",
  "transformers",
  "validation",
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  cacheDir: ".vitest-cache",
  test: {
    reporters: ["default", closingLineReporter()],
    // The built package is what is tested: one copy of each module, the shipped one.
    server: { deps: { external: [/\/dist\//] } },
    pool: "forks",
    // The machine that this must pass on in 5 minutes has two cores; some tests wait for processes and time limits meanwhile.
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    typecheck: { enabled: false },
    projects: [
      { extends: true, test: { name: "alone", include: ["test/**/*.test.ts"], exclude: sharing } },
      { extends: true, test: { name: "sharing", include: sharing, isolate: false } },
    ],
  },
});
