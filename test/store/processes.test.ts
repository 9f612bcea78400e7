import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { temporaryFolder } from "./folder.ts";
import { studyHeader } from "./random-study.ts";
import { codeOf, holder, runRow, trialRow } from "./rows.ts";

const at = temporaryFolder();
const script = fileURLToPath(new URL("coordinator.mjs", import.meta.url));
const children: ChildProcess[] = [];

/** Another process that does `job` with the database: see coordinator.mjs. */
function coordinator(
  job: string,
  file: string,
  id: string,
): { child: ChildProcess; lines(count: number): Promise<number[]>; end(): Promise<number[]> } {
  const child = spawn(process.execPath, [script, job, file, id], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const exited = once(child, "close");
  let text = "";
  let heard = (): void => undefined;
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    heard();
  });
  // A line counts once it is whole.
  const numbers = (): number[] => text.split("\n").slice(0, -1).map(Number);
  return {
    child,
    async lines(count) {
      while (numbers().length < count)
        await Promise.race([
          new Promise<void>((resolve) => (heard = resolve)),
          exited.then(() => Promise.reject(new Error(`it ended after ${text}`))),
        ]);
      return numbers();
    },
    async end() {
      child.kill("SIGKILL");
      await exited;
      return numbers();
    },
  };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

describe("several processes", () => {
  it("keep a study to one coordinator, and another takes over when it was killed", async () => {
    const file = at("lease.sqlite");
    const store = sqliteStore(file);
    store.create(studyHeader("wine"));
    const other = coordinator("hold", file, "theirs");
    await other.lines(1);
    expect(() => store.acquire("wine", holder("ours"))).toThrow(
      `is already being run by process ${other.child.pid} on ${hostname()} since `,
    );
    expect(store.snapshot("wine").state).toBe("running");
    expect(store.list()[0]?.state).toBe("running");
    await other.end();
    expect(store.snapshot("wine").state).toBe("stopped");
    store.acquire("wine", holder("ours"));
    store.commit("wine", "ours", { run: runRow("ours") });
    expect(codeOf(() => store.renew("wine", "theirs"))).toBe("STUDY_BUSY");
    store.close();
  });

  it("lose nothing that was acknowledged when one is killed while it commits", async () => {
    const file = at("killed.sqlite");
    sqliteStore(file).create(studyHeader("wine"));
    let stored = 0;
    for (const acknowledged of [1, 7, 40, 150]) {
      const writer = coordinator("write", file, `writer ${acknowledged}`);
      await writer.lines(acknowledged);
      const said = await writer.end();
      const store = sqliteStore(file, { readonly: true });
      const { trials, parts, evaluations } = store.load("wine");
      // What was committed and not said yet, because of the kill, is at most one batch.
      expect(said[0]).toBe(stored);
      const last = said.at(-1) ?? -1;
      expect([last + 1, last + 2]).toContain(trials.length);
      expect(trials.map(({ number }) => number)).toStrictEqual(trials.map((_, index) => index));
      expect(evaluations.map(({ trial }) => trial)).toStrictEqual(trials.map(({ number }) => number));
      expect(parts.every(({ bytes }) => bytes.length === 20_000)).toBe(true);
      expect(parts).toHaveLength(trials.length);
      stored = trials.length;
      store.close();
    }
  });

  it("write different studies of one file at once, and readers read meanwhile", async () => {
    const file = at("shared.sqlite");
    const store = sqliteStore(file);
    for (const name of ["wine", "a", "b"]) store.create(studyHeader(name));
    const others = [coordinator("write a", file, "a"), coordinator("write b", file, "b")];
    await Promise.all(others.map((other) => other.lines(1)));
    store.acquire("wine", holder("ours"));
    const reader = sqliteStore(file, { readonly: true });
    for (let number = 0; number < 60; number++) {
      store.commit("wine", "ours", { trials: [trialRow(number)] });
      expect(reader.load("wine").trials).toHaveLength(number + 1);
      const a = reader.snapshot("a");
      expect(a.fits).toBe(a.trials.length);
    }
    for (const [index, other] of others.entries()) {
      const said = await other.end();
      expect(reader.load(index === 0 ? "a" : "b").trials.length).toBeGreaterThanOrEqual(said.length);
    }
    reader.close();
    store.close();
  });
});
