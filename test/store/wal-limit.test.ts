import { once } from "node:events";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { temporaryFolder } from "./folder.ts";
import { studyHeader } from "./random-study.ts";
import { holder, runRow, trialRow } from "./rows.ts";

const at = temporaryFolder();

/** Two connections that read in turns, each before the other has ended. */
const overlapping = `
const { workerData: { sqlite, file }, parentPort } = require("node:worker_threads");
const Database = require(sqlite);
const readers = [0, 1].map(() => new Database(file, { readonly: true }));
const pause = new Int32Array(new SharedArrayBuffer(4));
for (let turn = 0; ; turn++) {
  readers[turn % 2].exec("BEGIN; SELECT count(*) FROM trials");
  Atomics.wait(pause, 0, 0, 5);
  if (turn > 0) readers[(turn + 1) % 2].exec("COMMIT");
  else parentPort.postMessage("reading");
}`;

describe("the write-ahead log", () => {
  it("stays short although there is never a moment in which nobody reads", async () => {
    const file = at("log.sqlite");
    const store = sqliteStore(file);
    store.create(studyHeader("wine"));
    store.acquire("wine", holder("a"));
    store.commit("wine", "a", { run: runRow("a") });
    const sqlite = createRequire(import.meta.url).resolve("better-sqlite3");
    const reader = new Worker(overlapping, { eval: true, workerData: { sqlite, file } });
    await once(reader, "message");
    const bytes = new Uint8Array(2 ** 20).fill(7);
    let largest = 0;
    for (let number = 0; number < 300; number++) {
      const work = { group: number, key: "part", label: "part", wallSeconds: 1, cpuSeconds: 1, counts: {}, warnings: [], trials: [number] };
      store.commit("wine", "a", { trials: [trialRow(number)], shared: [{ ...work, bytes, endedAt: "2026-11-21T00:00:00.000Z" }] });
      largest = Math.max(largest, statSync(`${file}-wal`).size);
    }
    await reader.terminate();
    // 32 MB and what is written between two looks, on a busy machine; without a limit all 300.
    expect(largest).toBeLessThan(150 * 2 ** 20);
    expect(store.load("wine").parts).toHaveLength(300);
    store.close();
  });
});
