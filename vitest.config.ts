import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: ".vitest-cache",
  test: {
    include: ["test/**/*.test.ts"],
    // The built package is what is tested: one copy of each module, the shipped one.
    server: { deps: { external: [/\/dist\//] } },
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    typecheck: { enabled: false },
  },
});
