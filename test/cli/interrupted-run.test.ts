import { describe, expect, it } from "vitest";
import { main, studyFolder } from "./command.ts";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
    // 1 where the machine is so busy that the other trial is late, too.
    const { status, signal } = await run.exited;
    expect([[0, 1].includes(status ?? -1), signal]).toEqual([true, null]);
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

interface Terminal {
  readonly process: ChildProcess;
  shown(): string;
  press(keys: string): void;
}

/** A shell's command in a terminal of its own, which goes away with its process; that ends with the command's exit code. */
function inTerminal(command: string, { cwd, environment }: { readonly cwd: string; readonly environment: NodeJS.ProcessEnv }): Terminal {
  const child = spawn("script", ["--quiet", "--flush", "--return", "--command", command, "/dev/null"], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "ignore"],
  });
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (shown += text));
  return { process: child, shown: () => shown, press: (keys) => void child.stdin.write(keys) };
}

describe("a terminal", () => {
  it("that is closed ends what runs as Ctrl-C does, and nothing is left running", async (context) => {
    context.skip(noMarks !== undefined, noMarks);
    context.skip(spawnSync("script", ["--version"]).status !== 0, "needs script, of util-linux");
    const { hpo, path: folder, write } = studyFolder({ "patient.ts": patient });
    const mark = processMark();
    const command = `exec "${process.execPath}" "${main}" run patient.ts --workers 1 --reporter ndjson`;
    const terminal = inTerminal(command, { cwd: folder, environment: mark.environment });
    while (!/"running":1/u.test(terminal.shown())) await sleep(10);
    terminal.process.kill("SIGKILL");
    await new Promise((resolve) => terminal.process.on("exit", resolve));
    write("go", "");
    expect(await mark.gone()).toEqual([]);
    // How it ended is stored, as a crash's is not.
    expect(hpo("list").stdout).toMatch(/patient +stopped +[1-5]\/6 +–/u);
    expect(hpo("show", "patient").stdout).toContain("it was stopped");
  });

  it.for([
    ["npm run", "npm run x --silent", 1],
    // bash stands aside for the command, which hears the terminal and npm then.
    ["npx", "npx --script-shell=bash hpo run patient.ts --workers 1 --reporter ndjson", 2],
  ] as const)("has a Ctrl-C for the whole of %s, which ends with what it ran", async ([, command, wishes], context) => {
    context.skip(noMarks !== undefined, noMarks);
    for (const program of ["script", "npm", "bash"])
      context.skip(spawnSync(program, ["--version"]).status !== 0, `needs ${program}, where npm is called from a terminal`);
    const { hpo, path: folder, write } = studyFolder({ "patient.ts": patient });
    write("package.json", JSON.stringify({ private: true, scripts: { x: "hpo run patient.ts --workers 1 --reporter ndjson" } }));
    mkdirSync(path.join(folder, "node_modules/.bin"), { recursive: true });
    symlinkSync(main, path.join(folder, "node_modules/.bin/hpo"));
    const mark = processMark();
    const terminal = inTerminal(command, { cwd: folder, environment: { npm_config_update_notifier: "false", ...mark.environment } });
    const ended = new Promise<number | null>((resolve) => terminal.process.on("close", resolve));
    const until = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(terminal.shown())) {
        if (terminal.process.exitCode !== null) throw new Error(`it ended without ${String(pattern)}: ${terminal.shown()}`);
        await sleep(10);
      }
    };
    await until(/"running":1/u);
    terminal.press("\u0003");
    await until(/stopping: /u);
    if (wishes === 2) {
      // One more is none while it may be an echo.
      while (!/cutting off/u.test(terminal.shown()) && terminal.process.exitCode === null) {
        await sleep(500);
        terminal.press("\u0003");
      }
    } else write("go", "");
    expect(await ended, terminal.shown()).toBe(130);
    expect(terminal.shown()).toContain("The same command continues.");
    expect(await mark.gone()).toEqual([]);
    write("go", "");
    const again = hpo("run", "patient.ts", "--json");
    expect(JSON.parse(again.stdout), again.stderr).toMatchObject({ state: "complete", trials: { complete: 6, failed: 0 } });
  });

  it("that is closed is none of a run's that has none, as under nohup, which goes on", async () => {
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
