import { describe, expect, it } from "vitest";
import { main, studyFolder } from "./command.ts";
import { spawn, spawnSync } from "node:child_process";
import { noMarks, processMark } from "../chaos/marked-processes.ts";
import { deaf, endlessFile, native, patient, unfinished } from "./studies.ts";

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

  it("cuts off a loop that listens to nobody the second time, and the command ends", async () => {
    const { hpo, start } = studyFolder({ "deaf.ts": deaf });
    const run = start("run", "deaf.ts", "--workers", "1", "--json", "--reporter", "ndjson");
    await run.until(/"running":1/);
    run.signal("SIGTERM");
    await run.until(/"event":"message"/);
    run.signal("SIGINT");
    const { status, stdout, stderr } = await run.ended;
    expect(status, stderr).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ state: "stopped", trials: { complete: 0, failed: 0 } });
    expect(hpo("list").stdout).toMatch(/deaf +stopped +0\/1/);
  });

  it("ends a study file that never ends being loaded", async () => {
    const { start } = studyFolder({ "study.ts": endlessFile });
    const run = start("run", "study.ts");
    await run.until(/loading/);
    run.signal("SIGINT");
    const { status, signal } = await run.ended;
    // A shell says 130.
    expect([status, signal]).toEqual([null, "SIGINT"]);
  });

  it("kills the third time, also a trial in a native call", async () => {
    const { start } = studyFolder({ "native.ts": native("") });
    const run = start("run", "native.ts", "--workers", "1", "--reporter", "ndjson");
    await run.until(/"running":1/);
    run.signal("SIGINT");
    await run.until(/"event":"message"/);
    run.signal("SIGTERM");
    await run.until(/cutting off/);
    run.signal("SIGINT");
    expect(await run.exited).toEqual({ status: null, signal: "SIGINT" });
  });

  it("ends a command whose trial is in a native call beyond its time limit, with all that there is to tell", async () => {
    const { start } = studyFolder({ "native.ts": native(" timeoutSeconds: 3,") });
    const run = start("run", "native.ts", "--workers", "1", "--json", "--reporter", "ndjson");
    await run.until(/"event":"end"/);
    expect(await run.exited).toEqual({ status: 0, signal: null });
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
    // As if nobody listened: a shell says 130.
    const { signal, stdout } = await run.ended;
    expect([signal, stdout]).toEqual(["SIGINT", ""]);
    expect(hpo("list").stdout).toMatch(/deaf +stopped +0\/1/);
  });
});

describe("a terminal that is closed", () => {
  it("ends what runs as Ctrl-C does, and nothing is left running", async (context) => {
    context.skip(noMarks !== undefined, noMarks);
    context.skip(spawnSync("script", ["--version"]).status !== 0, "needs script, of util-linux");
    const { hpo, path: folder, write } = studyFolder({ "patient.ts": patient });
    const mark = processMark();
    const command = `exec "${process.execPath}" "${main}" run patient.ts --workers 1 --reporter ndjson`;
    // Its terminal goes away with it.
    const terminal = spawn("script", ["--quiet", "--flush", "--command", command, "/dev/null"], {
      cwd: folder,
      env: { ...process.env, ...mark.environment },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let shown = "";
    await new Promise<void>((resolve) => {
      terminal.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        shown += chunk;
        if (/"running":1/u.test(shown)) resolve();
      });
    });
    terminal.kill("SIGKILL");
    await new Promise((resolve) => terminal.on("exit", resolve));
    write("go", "");
    expect(await mark.gone()).toEqual([]);
    // How it ended is stored, as a crash's is not.
    expect(hpo("list").stdout).toMatch(/patient +stopped +[1-5]\/6 +–/u);
    expect(hpo("show", "patient").stdout).toContain("it was stopped");
  });

  it("is none of a run's that has none, as under nohup, which goes on", async () => {
    const { start, write } = studyFolder({ "patient.ts": patient });
    const run = start("run", "patient.ts", "--workers", "1", "--json", "--reporter", "ndjson");
    await run.until(/"running":1/);
    run.signal("SIGHUP");
    write("go", "");
    const { status, stdout, stderr } = await run.ended;
    expect([status, JSON.parse(stdout).trials.complete], stderr).toEqual([0, 6]);
  });
});

describe("a study file that leaves a timer open", () => {
  it("holds nothing up", () => {
    const { hpo } = studyFolder({ "unfinished.ts": unfinished });
    const { status, stdout, stderr } = hpo("run", "unfinished.ts", "--json");
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: "complete" });
  });
});
