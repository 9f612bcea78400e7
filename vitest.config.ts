import { defineConfig } from "vitest/config";
import { closingLineReporter } from "./test/closing-line-reporter.ts";

export default defineConfig({
  cacheDir: ".vitest-cache",
  test: {
    include: ["test/**/*.test.ts"],
    reporters: ["default", closingLineReporter()],
    // The built package is what is tested: one copy of each module, the shipped one.
    server: { deps: { external: [/\/dist\//] } },
    pool: "forks",
    // The machine that this must pass on in 5 minutes has two cores.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    typecheck: { enabled: false },
  },
});
