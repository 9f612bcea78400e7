import { describe, expect, it } from "vitest";
import { studyFolder } from "./command.ts";
import { deaf, patient } from "./studies.ts";

describe("Ctrl-C", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("finishes what runs on a first %s, says 130 and continues when run again", async (signal) => {
    const { hpo, start, write } = studyFolder({ "patient.ts": patient });
    const run = start("run", "patient.ts", "--workers", "1", "--json", "--reporter", "ndjson");
    await run.until(/"running":1/);
    run.signal(signal);
    await run.until(/"event":"message"/);
    write("go", "");
    const { status, stdout, stderr } = await run.ended;
    expect(status, stderr).toBe(130);
    const summary = JSON.parse(stdout);
    expect([summary.state, summary.trials.complete]).toEqual(["stopped", 1]);
    const again = hpo("run", "patient.ts", "--json");
    expect(again.status, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ state: "complete", trials: { complete: 6, failed: 0 } });
  });

  it("aborts what runs the second time, and that costs no trial", async () => {
    const { hpo, start, write } = studyFolder({ "patient.ts": patient });
    const run = start("run", "patient.ts", "--workers", "1", "--json", "--reporter", "ndjson");
    await run.until(/"running":1/);
    run.signal("SIGINT");
    await run.until(/"event":"message"/);
    // Two signals of one name in a tenth of a second are taken for one wish (npm sends on what the terminal sent).
    run.signal("SIGTERM");
    const { status, stdout, stderr } = await run.ended;
    expect(status, stderr).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ state: "stopped", best: null, trials: { complete: 0, failed: 0 } });
    write("go", "");
    expect(JSON.parse(hpo("run", "patient.ts", "--json").stdout)).toMatchObject({ trials: { complete: 6, failed: 0 } });
  });

  it("kills the third time, whatever runs", async () => {
    const { hpo, start } = studyFolder({ "deaf.ts": deaf });
    const run = start("run", "deaf.ts", "--workers", "1", "--reporter", "ndjson");
    await run.until(/"running":1/);
    run.signal("SIGINT");
    await run.until(/"event":"message"/);
    run.signal("SIGTERM");
    await run.until(/cutting off/);
    run.signal("SIGINT");
    const { status, stdout } = await run.ended;
    expect([status, stdout]).toEqual([130, ""]);
    expect(hpo("list").stdout).toMatch(/deaf +stopped +0\/1/);
  });
});
