import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { StoredCheckpoint } from "#hpo/core/checkpoint";
import type { Store } from "#hpo/core/store";
import { checkpointBytes } from "#hpo/store/checkpoint-bytes";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { temporaryFolder } from "./folder.ts";
import { studyHeader } from "./random-study.ts";
import { codeOf, holder, outcomeRow, trialRow } from "./rows.ts";

const at = temporaryFolder();
let count = 0;

/** A store whose study "wine" has two checkpoints. */
function open(): { readonly store: Store; readonly folder: string; readonly stored: StoredCheckpoint } {
  const file = at(`${count++}.sqlite`);
  const store = sqliteStore(file);
  store.create(studyHeader("wine"));
  store.acquire("wine", holder("a"));
  store.commit("wine", "a", {
    trials: [trialRow(0), trialRow(1)],
    outcomes: [outcomeRow(0), outcomeRow(1)],
    checkpoints: [
      { trial: 0, bytes: Uint8Array.of(1, 2, 3) },
      { trial: 1, bytes: Uint8Array.of(4) },
    ],
  });
  const stored = store.checkpoint("wine", 0) as StoredCheckpoint;
  return { store, folder: path.join(`${file}.artefacts`, "1"), stored };
}

const sha256OfOneTwoThree = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";

describe("checkpoints beside a database", () => {
  it("are files named by the SHA-256 of their bytes, for their owner alone, and no draft is left", () => {
    const { store, folder, stored } = open();
    expect(stored).toStrictEqual({ trial: 0, sha256: sha256OfOneTwoThree, size: 3, content: path.join(folder, sha256OfOneTwoThree) });
    expect(readFileSync(path.join(folder, sha256OfOneTwoThree))).toStrictEqual(Buffer.of(1, 2, 3));
    expect(readdirSync(folder)).toHaveLength(2);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, sha256OfOneTwoThree)).mode & 0o777).toBe(0o600);
    store.close();
  });

  it("are removed when they are dropped, once no trial has the same; all of them with the study", () => {
    const { store, folder } = open();
    store.commit("wine", "a", {
      trials: [trialRow(2)],
      outcomes: [outcomeRow(2)],
      checkpoints: [{ trial: 2, bytes: Uint8Array.of(4) }],
      droppedCheckpoints: [1],
    });
    expect(readdirSync(folder)).toHaveLength(2);
    store.commit("wine", "a", { droppedCheckpoints: [2] });
    expect(readdirSync(folder)).toStrictEqual([sha256OfOneTwoThree]);
    store.release("wine", "a");
    store.remove("wine");
    expect(existsSync(folder)).toBe(false);
    store.close();
  });

  it("that a killed run left without a row, or half written, are removed by the next one that takes the study", () => {
    const { store, folder } = open();
    const kept = readdirSync(folder).sort();
    for (const stray of ["ab".repeat(32), `${sha256OfOneTwoThree}.tmp`]) writeFileSync(path.join(folder, stray), "half");
    store.acquire("wine", holder("a"));
    expect(readdirSync(folder).sort()).toStrictEqual(kept);
    store.close();
  });

  it("that are missing, cut short or damaged are told with the file, and written anew where a trial leaves the same again", () => {
    const { store, stored } = open();
    const file = String(stored.content);
    const failure = (): string => {
      expect(codeOf(() => checkpointBytes(stored))).toBe("CHECKPOINT_LOST");
      try {
        checkpointBytes(stored);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    writeFileSync(file, Buffer.of(1, 2));
    expect(failure()).toBe(`The checkpoint of trial 0 can't be had, since its file ${file} must have 3 bytes; it has 2.`);
    writeFileSync(file, Buffer.of(1, 2, 4));
    expect(failure()).toBe(`The checkpoint of trial 0 can't be had, since its file ${file} is damaged (it has another SHA-256).`);
    rmSync(file);
    expect(failure()).toBe(`The checkpoint of trial 0 can't be had, since its file ${file} is missing.`);
    mkdirSync(file);
    expect(failure()).toContain("is a folder");
    rmSync(file, { recursive: true });
    store.commit("wine", "a", {
      trials: [trialRow(2)],
      outcomes: [outcomeRow(2)],
      checkpoints: [{ trial: 2, bytes: Uint8Array.of(1, 2, 3) }],
    });
    expect(checkpointBytes(stored)).toStrictEqual(Uint8Array.of(1, 2, 3));
    store.close();
  });

  it("that can't be written store nothing of their batch", () => {
    const { store, folder } = open();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "no folder");
    const batch = { trials: [trialRow(2)], outcomes: [outcomeRow(2)], checkpoints: [{ trial: 2, bytes: Uint8Array.of(9) }] };
    expect(() => store.commit("wine", "a", batch)).toThrow(/can't keep a checkpoint in .* \(ENOTDIR\); make it one that can be written/);
    expect(store.load("wine").trials).toHaveLength(2);
    rmSync(folder);
    store.commit("wine", "a", batch);
    expect(store.load("wine").checkpoints).toStrictEqual([0, 1, 2]);
    store.close();
  });
});
