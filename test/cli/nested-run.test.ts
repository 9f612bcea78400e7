import { describe, expect, it } from "vitest";
import { studyFolder } from "./command.ts";
import { nested } from "./studies.ts";

describe("a study with nested cross-validation, at the command line", () => {
  const { hpo } = studyFolder({ "nested.ts": nested });

  it("prints what the whole search is worth, and tells each search on its way", () => {
    const { status, stdout, stderr } = hpo("run", "nested.ts", "--workers", "1", "--reporter", "plain");
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^fair {2}\d\d\.\d+ % on new rows/m);
    expect(stdout).toMatch(/^nested \d\d\.\d+ % on new rows \(95 %: [\d.]+ to [\d.]+\), by 3 searches judged on rows they never saw/m);
    expect(stdout.replace(/\s+/g, " ")).toMatch(/they chose γ=\S+ C=\S+ \(outer fold/);
    for (const fold of [1, 2, 3]) expect(stderr).toContain(`nested/outer-${fold}  4/4 done`);
  });

  it("lists the searches in one line below their study", () => {
    const lines = hpo("list").stdout.split("\n");
    expect(lines.slice(1, 3).map((line) => line.replace(/ +/g, " "))).toEqual([
      expect.stringMatching(/^nested complete 4\/4 –/),
      expect.stringMatching(/^ \/outer-1 … 3 complete 12\/12 –/),
    ]);
    expect(lines).toHaveLength(4);
    const all = JSON.parse(hpo("list", "--json").stdout) as { name: string }[];
    expect(all).toHaveLength(7);
  });

  it("shows each outer fold, and has all of it in the JSON", () => {
    const page = hpo("show", "nested").stdout;
    expect(page).toContain("3-fold around 3-fold; each search is a study: hpo show nested/outer-1");
    expect(page).toMatch(/outer fold +chose trial +by accuracy % +unseen rows +rows +params\n +1 +\d +/);
    expect(page.replace(/\s+/g, " ")).toMatch(/widened \d\.\d\d times for training rows that folds share, from/);
    expect(hpo("best", "nested").stdout).toMatch(/^nested .*\n {7}they chose/m);
    const { estimate } = JSON.parse(hpo("best", "nested", "--json").stdout);
    expect(estimate.nested.folds).toHaveLength(3);
    expect(estimate.nested.values.accuracy).toMatchObject({ why: null });
    expect(hpo("show", "nested/outer-2").stdout).toContain("3-fold in outer fold 2 of 3");
  });

  it("says that they have not ended where the time was over first, and goes on", () => {
    const short = hpo("run", "nested.ts", "--db", "short.sqlite", "--workers", "1", "--fork", "short", "--time-budget", "1ms");
    expect(short.stdout).not.toContain("nested ");
    const { status, stdout } = hpo("run", "nested.ts", "--db", "short.sqlite", "--workers", "1", "--fork", "short");
    expect(status).toBe(0);
    expect(stdout).toContain("by 3 searches");
  });
});
