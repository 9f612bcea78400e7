import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "#hpo/store/sqlite/driver";
import { afterAll, describe, expect, it } from "vitest";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { main } from "../cli/command.ts";
import { studyHeader } from "../store/random-study.ts";
import { databaseAnswers } from "../study-answers.ts";
import { faultKinds, sweepFaults } from "./disk-sweep.ts";
import { failingDisk } from "./failing-disk.ts";

const disk = failingDisk();
const needs = typeof disk === "string" ? ` (${disk})` : "";
const folder = mkdtempSync(path.join(tmpdir(), "hpo-storage-"));
afterAll(() => {
  if (typeof disk !== "string") disk.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Shelled {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in `cwd`; its files in `on`, or in `cwd`, lie on a disk that fails where `fault` says so. */
function hpo(cwd: string, args: readonly string[], { fault, on = cwd }: { readonly fault?: string; readonly on?: string } = {}): Shelled {
  const failing = fault === undefined || typeof disk === "string" ? {} : disk.environment(on, { fault });
  const env = { ...process.env, CI: "1", NO_COLOR: "1", ...failing };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd, encoding: "utf8", env, timeout: 120_000 });
  return { status, stdout, stderr };
}

/** A folder with a fixture's study file and a folder for its database. */
function place(name: string, study: string): { readonly cwd: string; readonly db: string; readonly file: string } {
  const cwd = path.join(folder, name);
  mkdirSync(path.join(cwd, "db"), { recursive: true });
  copyFileSync(fileURLToPath(new URL(`../fixtures/${study}.ts`, import.meta.url)), path.join(cwd, `${study}.ts`));
  return { cwd, db: path.join(cwd, "db", "hpo.sqlite"), file: `${study}.ts` };
}

describe.skipIf(needs !== "")(`a study on a disk that fails${needs}`, () => {
  it("ends with a sentence, loses nothing that was told, and goes on to the same answers, whatever call fails", async () => {
    if (typeof disk === "string") return;
    // `npm run chaos -- storage` takes every call; here a few of each kind of a run in the process, others for each kind.
    const result = await sweepFaults({
      study: "training",
      disk,
      pick: (calls, kind) => {
        const at = faultKinds.indexOf(kind) / faultKinds.length;
        const spread = [0.04 + at / 8, 0.5 + at / 3].map((share) => Math.max(1, Math.ceil(share * calls)));
        // A lease whose sync fails may be in the log all the same.
        const leased = kind.kind === "sync" && kind.mode === "ever" ? [13, 14, 15] : [];
        return [...new Set([...spread, ...leased])];
      },
    });
    expect(result.problems).toEqual([]);
    expect(result.faults).toBeGreaterThan(25);
    expect(result.ended).toBeGreaterThan(15);
    for (const sentence of result.sentences)
      expect(sentence).toMatch(/^(STORE_FAILED|STORE_INVALID|CHECKPOINT_UNREADABLE): The (database|checkpoint) .*[^.]\.$/);
  }, 300_000);

  it.each(["threads", "processes"] as const)(
    "is told with two %s at work, of which none is left",
    async (slots) => {
      if (typeof disk === "string") return;
      const kinds = faultKinds.filter(({ kind, mode }) => (kind === "grow" || kind === "sync") && mode === "ever");
      const result = await sweepFaults({ study: "training", disk, slots, kinds, pick: (calls) => [Math.ceil(0.6 * calls)] });
      expect(result.problems).toEqual([]);
      expect([result.faults, result.ended]).toEqual([2, 2]);
    },
    120_000,
  );

  it("tells a full disk in the middle of a run, with workers busy, and the same command continues", () => {
    const { cwd, db, file } = place("full", "slow-quadratic");
    const run = ["run", file, "--db", db, "--workers", "2"];
    const full = hpo(cwd, run, { fault: "grow:150:28:ever", on: path.dirname(db) });
    expect([full.status, full.stdout]).toEqual([1, ""]);
    const last = full.stderr.trim().split("\n").at(-1);
    expect(last).toBe(
      `hpo: The database ${db} can't grow, since the disk is full; free some space and run the same command again, all that was stored is kept.`,
    );
    expect(full.stderr).not.toMatch(/^\s+at /m);
    const kept = JSON.parse(hpo(cwd, ["show", "slow-quadratic", "--db", db, "--json"]).stdout) as { trials: unknown[] };
    const again = hpo(cwd, run);
    expect(again.status, again.stderr).toBe(0);
    const whole = place("whole", "slow-quadratic");
    expect(hpo(whole.cwd, ["run", whole.file, "--db", whole.db]).status).toBe(0);
    expect(databaseAnswers(db, "slow-quadratic")).toEqual(databaseAnswers(whole.db, "slow-quadratic"));
    expect(kept.trials.length).toBeLessThanOrEqual(12);
    expect(readdirSync(path.dirname(db)).filter((name) => name !== "hpo.sqlite" && !/-(wal|shm)$/.test(name))).toEqual([]);
  }, 120_000);

  it("is read where nothing can be written, also with results that are in the log alone", () => {
    const { cwd, db, file } = place("read-only", "slow-quadratic");
    expect(hpo(cwd, ["run", file, "--db", db]).status).toBe(0);
    const readers = [["list"], ["show", "slow-quadratic"], ["best", "slow-quadratic"], ["trials", "slow-quadratic", "--format", "csv"]];
    const sound = readers.map((args) => hpo(cwd, [...args, "--db", db]).stdout);
    // A connection that is open keeps its results in the log.
    const open = openDatabase(db);
    open.exec("UPDATE studies SET created_at = created_at");
    expect(existsSync(`${db}-wal`)).toBe(true);
    for (const fault of ["change:1:30:ever", "grow:1:28:ever"]) {
      const copy = path.join(cwd, fault.slice(0, 4));
      mkdirSync(copy);
      for (const end of ["", "-wal"]) copyFileSync(`${db}${end}`, path.join(copy, `hpo.sqlite${end}`));
      for (const [index, args] of readers.entries()) {
        const { status, stdout, stderr } = hpo(cwd, [...args, "--db", path.join(copy, "hpo.sqlite")], { fault, on: copy });
        expect([status, stdout.replaceAll(copy, path.dirname(db)), stderr], `${args.join(" ")} with ${fault}`).toEqual([
          0,
          sound[index],
          "",
        ]);
      }
    }
    open.close();
    const refused = hpo(cwd, ["run", file, "--db", db], { fault: "change:1:30:ever", on: path.dirname(db) });
    expect([refused.status, refused.stderr]).toEqual([
      1,
      `hpo: The database ${db} can't be written, since its file system is mounted read-only; mount it for writing, or name another with --db.\n`,
    ]);
  }, 120_000);

  it("runs although no bundle can be kept beside the study", () => {
    const { cwd, db, file } = place("bundles", "slow-quadratic");
    mkdirSync(path.join(cwd, ".hpo", "bundles"), { recursive: true });
    for (const fault of ["grow:1:28:ever", "change:1:30:ever", "write:1:5:ever"]) {
      const { status, stderr } = hpo(cwd, ["run", file, "--db", db], { fault, on: path.join(cwd, ".hpo") });
      expect([status, stderr.includes("bundle")], stderr).toEqual([0, false]);
    }
  }, 120_000);

  it("leaves the file of --out as it was where a new one can't be written", () => {
    const cwd = path.join(folder, "out");
    mkdirSync(path.join(cwd, "models"), { recursive: true });
    const store = sqliteStore(path.join(cwd, "hpo.sqlite"));
    store.create(studyHeader("kept"));
    store.acquire("kept", { id: "a", pid: 1, host: "elsewhere", since: "" });
    const trial = { number: 0, group: 0, params: {}, by: "grid", why: "", parent: null, budget: null, note: null, proposedAt: "" };
    const outcome = {
      trial: 0,
      state: "complete",
      values: { accuracy: { value: 1, standardError: null, pooled: null } },
      incident: null,
      endedAt: "",
    } as const;
    store.commit("kept", "a", {
      trials: [trial],
      outcomes: [outcome],
      model: { trial: 0, json: `{"kind":"svm","long":"${"x".repeat(9000)}"}` },
    });
    store.release("kept", "a");
    store.close();
    const out = path.join(cwd, "models", "svm.json");
    writeFileSync(out, "the old one");
    const { status, stderr } = hpo(cwd, ["model", "kept", "--db", "hpo.sqlite", "--trial", "0", "--out", out], {
      fault: "grow:2:28:ever",
      on: path.dirname(out),
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining(`can't be written to ${out} (ENOSPC`)]);
    expect([readdirSync(path.dirname(out)), readFileSync(out, "utf8")]).toEqual([["svm.json"], "the old one"]);
  }, 60_000);
});

describe.skipIf(!existsSync("/dev/full"))("a result that can't be written (needs /dev/full)", () => {
  it("is told once, with exit code 1; a log that can't be written stops no run; a reader that has seen enough is no failure", () => {
    const { cwd, db, file } = place("outputs", "slow-quadratic");
    const shell = (line: string): Shelled => {
      const { status, stdout, stderr } = spawnSync("sh", ["-c", line, process.execPath, main, file, db], { cwd, encoding: "utf8" });
      return { status, stdout, stderr };
    };
    expect(shell('"$0" "$1" run "$2" --db "$3" 2>/dev/full >/dev/null').status).toBe(0);
    for (const args of ['table slow-quadratic --db "$3"', 'trials slow-quadratic --format csv --db "$3"', 'list --db "$3"', "--help"]) {
      const { status, stderr } = shell(`"$0" "$1" ${args} >/dev/full`);
      expect([status, stderr], args).toEqual([1, expect.stringMatching(/^hpo: The result can't be written to stdout \(ENOSPC[^\n]*\n$/)]);
    }
    const piped = shell('"$0" "$1" trials slow-quadratic --db "$3" | head -n 1');
    expect([piped.status, piped.stderr, piped.stdout.split("\n")[0]]).toEqual([0, "", "slow-quadratic"]);
  }, 60_000);
});
