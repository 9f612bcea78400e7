import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openStudy } from "hpo";
import { HpoError } from "#hpo/core/hpo-error";
import type { StudySnapshot } from "#hpo/core/snapshot";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { openStore } from "#hpo/store/open-store";
import { afterAll, describe, expect, it } from "vitest";
import { main } from "../cli/command.ts";
import { studyAnswers } from "../study-answers.ts";
import { partsStudy } from "./user-code/parts.ts";

/** What each trial fails of where a part misbehaves that works for one trial. */
const trialWays: Readonly<Record<string, RegExp>> = {
  "estimator.throws": /^the estimator broke$/,
  "estimator.nothing": /^own\(\): fit must give a model with predict, toJSON and dispose; got nothing\.$/,
  "estimator.text": /^own\(\): fit must give a model with .*; got "a model"\.$/,
  "estimator.bare": /^own\(\): fit must give a model with .*; got \{\}\.$/,
  "model.throws": /^the model broke$/,
  "model.nothing": /^own\(\): a prediction must have 50 numbers, none NaN; got none\.$/,
  "model.short": /; got 49\.$/,
  "model.nan": /; got NaN\.$/,
  "model.classes": /^own\(\): a predicted class must be its code, an integer from 0 to 2; got 17\.$/,
  "model.halves": /an integer from 0 to 2; got 0\.5\.$/,
  "model.list": /^own\(\): a prediction must have 50 numbers, none NaN, in a Float64Array; got \[/,
  "model.text": /in a Float64Array; got "0000/,
  "model.disposes": /^the model broke$/,
  "metric.throws": /^The metric own failed: the metric broke$/,
  "metric.nothing": /^The metric own must give a number, NaN where it is not defined; got nothing\.$/,
  "metric.text": /; got "0\.5"\.$/,
  "metric.promise": /^The metric own must give a number/,
  "transformer.throws": /^the transformer broke$/,
  "transformer.nothing": /^own\(\): fit must give a transform with columns, apply and toJSON; got nothing\.$/,
  "transformer.text": /^own\(\): fit must give a transform .*; got "no transform"\.$/,
  "factory.throws": /the factory broke/,
  "factory.nothing": /^model must return an estimator such as svm\(\{ … \}\); got nothing\.$/,
  "pruner.throws": /^The pruner own, asked at step 0, failed: the pruner broke$/,
  "pruner.number": /^The pruner own must say why a trial stops as a text, or undefined; got 5\.$/,
};

/** What the run ends with where a part misbehaves that all trials need, and how many of them are complete by then. */
const runWays: Readonly<Record<string, readonly [message: RegExp, complete: number]>> = {
  "sampler.throws": [/^The sampler own, asked for trial 3, failed: the sampler broke$/, 3],
  "sampler.text": [/^The sampler own, asked for trial 3, must propose \{ params, by, why \} or undefined; got "a proposal"\.$/, 3],
  "sampler.empty": [/must propose \{ params, by, why \} or undefined; got \{\}\.$/, 3],
  "sampler.promise": [/must propose \{ params, by, why \} or undefined; got/, 3],
  "sampler.nan": [/must propose a configuration of the space\. shrink must be a number from 0 to 0\.9; got NaN\.$/, 3],
  "sampler.outside": [/shrink must be a number from 0 to 0\.9; got 7\.$/, 3],
  "sampler.unknown": [/There is no parameter other; the parameters are shrink\.$/, 3],
  "sampler.missing": [/shrink is missing; it must be a number from 0 to 0\.9\.$/, 3],
  "sampler.wordless": [/^The sampler own, asked for trial 3, must say by as a text; got nothing\.$/, 3],
  "sampler.absorbs": [/^The sampler own, told of trial 2, failed: the sampler broke$/, 3],
  "sampler.starts": [/^The sampler own, asked to start, failed: the sampler broke$/, 0],
  "sampler.sizes": [/^The sampler own, asked for the number of its trials, failed: the sampler broke$/, 0],
  "splitter.throws": [/^The splitter own failed: the splitter broke$/, 0],
  "splitter.counts": [/^The splitter own failed: the splitter broke$/, 0],
  "splitter.nothing": [/^The splitter own failed: TypeError: .* is not iterable$/, 0],
  "splitter.both": [/^own: train and test must have no row in common; got row 2 in both\.$/, 0],
  "splitter.outside": [/^own: test must hold row indexes from 0 to 149; got 900\.$/, 0],
};

async function run(
  name: string,
): Promise<{ readonly error: unknown; readonly snapshot: StudySnapshot | null; readonly answers: readonly string[] }> {
  const [part = "", way = ""] = name.split(".");
  const store = memoryStore();
  let error: unknown = null;
  try {
    const study = await openStudy(partsStudy(part, way), { store });
    try {
      await study.run();
    } finally {
      await study.close();
    }
  } catch (thrown) {
    error = thrown;
  }
  const stored = store.list().length > 0;
  return { error, snapshot: stored ? store.snapshot("parts") : null, answers: stored ? studyAnswers(store, "parts") : [] };
}

describe("a part of a user's own", () => {
  it.each(Object.entries(trialWays))("costs the trials that need it: %s", async (name, message) => {
    const { error, snapshot } = await run(name);
    expect(error).toBeNull();
    expect(snapshot?.trials.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "failed"));
    for (const { incident } of snapshot?.trials ?? []) expect(incident).toMatch(message);
  });

  it.each(Object.entries(runWays))("ends the run that can't go on without it, and loses nothing: %s", async (name, [message, complete]) => {
    const { error, snapshot, answers } = await run(name);
    expect(error).toBeInstanceOf(HpoError);
    expect((error as HpoError).message).toMatch(message);
    expect(snapshot?.trials.filter(({ state }) => state === "complete").length ?? 0).toBe(complete);
    expect(snapshot?.state ?? "failed").toBe("failed");
    const whole = (await run("none.")).answers;
    expect(answers.slice(0, complete)).toEqual(whole.slice(0, complete));
  });
});

describe("a broken part in a study file", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-parts-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = fileURLToPath(new URL("../fixtures/user-parts.ts", import.meta.url));
  const hpo = (part: string) =>
    spawnSync(
      process.execPath,
      [main, "run", file, "--db", path.join(folder, "parts.sqlite"), "--workers", "2", "--json", "--reporter", "plain"],
      {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, HPO_USER_PART: part },
      },
    );

  it("is told in one sentence; mended, the same command goes on to the answers of a run in which nothing broke", async () => {
    const broken = hpo("sampler.throws");
    expect([broken.status, broken.stdout]).toEqual([1, ""]);
    expect(broken.stderr).toMatch(/^hpo: The sampler own, asked for trial 3, failed: the sampler broke$/m);
    const mended = hpo("none");
    expect(mended.status, mended.stderr).toBe(0);
    const store = openStore(path.join(folder, "parts.sqlite"), { readonly: true });
    expect(studyAnswers(store, "parts")).toEqual((await run("none.")).answers);
    store.close();
  });
});
