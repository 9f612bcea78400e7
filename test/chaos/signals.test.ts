import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failingDisk } from "./failing-disk.ts";
import { killAndResume, type Scenario, undisturbed } from "./kill-scenario.ts";
import { main } from "../cli/command.ts";
import { begunIn, type Instant, placed } from "./killed-command.ts";
import { noMarks, processMark } from "./marked-processes.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "hpo-signals-"));
});
const disk = failingDisk();
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
  if (typeof disk !== "string") disk.remove();
});

const mark = processMark().environment["HPO_PROCESS_MARK"] as string;
const at = (after: "held" | "disk", count: number, signals: readonly NodeJS.Signals[]): Instant => ({ after, count, ms: 0, signals });

// `npm run chaos -- kills` sends signals at any instant.
describe.skipIf(noMarks !== undefined)("a command that is asked to end (needs Linux)", () => {
  it("ends in a study and in a search within it, with its processes, and goes on to equal bits", async () => {
    const scenario: Scenario = { folder: path.join(root, "nested"), kind: "nested", manner: "cli", workers: 2, isolation: "process", mark };
    // Nine fits of the study, then nine and one of each outer fold.
    const instants = [at("held", 4, ["SIGINT"]), at("held", 15, ["SIGTERM", "SIGINT"])];
    const expected = await undisturbed({ ...scenario, isolation: "thread" });
    const { problems, kills, stops, signals, starts } = await killAndResume(scenario, { instants }, expected);
    expect(problems).toEqual([]);
    expect([kills.length, stops, signals, starts]).toEqual([2, 2, 3, 3]);
  }, 300_000);

  it("ends at once where a chosen model is fitted, and leaves no file but the database's own; the same command then writes it", async () => {
    const folder = path.join(root, "model");
    const scenario: Scenario = { folder, kind: "folds", manner: "run", workers: 1, isolation: "thread", mark };
    const database = path.join(root, "folds.sqlite");
    await undisturbed(scenario, database);
    mkdirSync(folder);
    cpSync(fileURLToPath(new URL("../fixtures/any-kind.ts", import.meta.url)), placed.study(folder));
    const model = (): ChildProcess =>
      spawn(process.execPath, [main, "model", "folds", "--db", database, "--file", placed.study(folder), "--out", "model.json"], {
        cwd: folder,
        stdio: "ignore",
        env: { ...process.env, HPO_KILL_KIND: "folds", HPO_KILL_LOG: placed.log(folder), HPO_KILL_HOLD: "1", HPO_PROCESS_MARK: mark },
      });
    const first = model();
    const ended = once(first, "close");
    while (begunIn(placed.log(folder)).length === 0 && first.exitCode === null) await sleep(5);
    first.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
    expect(readdirSync(folder).sort()).toEqual([".hpo", "begun.log", "study.ts"]);
    writeFileSync(`${placed.log(folder)}.go`, "");
    expect(await once(model(), "close")).toEqual([0, null]);
    expect(JSON.parse(readFileSync(path.join(folder, "model.json"), "utf8"))).toHaveProperty("shrink");
    expect(await processMark(mark).gone()).toEqual([]);
  });

  it.skipIf(typeof disk === "string")(
    `ends once what is being written is written, and not while the database is closed (${typeof disk === "string" ? disk : "needs cc"})`,
    async () => {
      if (typeof disk === "string") return;
      const folder = path.join(root, "disk");
      const scenario: Scenario = { folder, kind: "grid", manner: "cli", workers: 1, isolation: "thread", mark };
      const held = (call: string, signals: readonly NodeJS.Signals[]): Instant => ({
        ...at("disk", 0, signals),
        environment: disk.environment(folder, { fault: `${call}:0:held` }),
      });
      const expected = await undisturbed(scenario);
      const instants = [
        // Of a database that is new the twelfth sync is the first of a study.
        held("sync:16", ["SIGTERM", "SIGINT"]),
        // Its log is removed as it is closed.
        held("name:2", ["SIGTERM", "SIGINT"]),
      ];
      const { problems, stops, signals, starts } = await killAndResume(scenario, { instants }, expected);
      expect(problems).toEqual([]);
      expect([stops, signals, starts]).toEqual([1, 4, 2]);
    },
  );
});
