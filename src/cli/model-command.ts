import { performance } from "node:perf_hooks";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import { formatSeconds } from "../report/duration.ts";
import { formatParams } from "../report/number-format.ts";
import { jsonText, plainText } from "../report/plain-text.ts";
import type { StudyModel } from "../study/study-model.ts";
import { engine } from "./engine.ts";
import { requireDatabase } from "./read-commands.ts";
import { writeOutput } from "./output-file.ts";
import { divertStdout, printData } from "./terminal.ts";

export interface ModelFlags {
  readonly db: string;
  readonly trial?: number;
  readonly file?: string;
  readonly out?: string;
}

/** `hpo model STUDY`: the JSON on stdout or in a file; on stderr, whether it was kept or fitted. */
export async function modelCommand(study: string, flags: ModelFlags): Promise<void> {
  requireDatabase(flags.db);
  const { db: database, trial, file, out } = flags;
  const began = performance.now();
  const model =
    (await engine()).readModel(study, { database, ...(trial === undefined ? {} : { trial }) }) ?? (await fitted(study, file, flags));
  const seconds = (performance.now() - began) / 1000;
  // Class labels stand in it; what a terminal would act on is written as \\uXXXX, which is the same JSON.
  const text = `${jsonText(model.json)}\n`;
  const how = model.source === "kept" ? "kept with the table; nothing was solved" : `fitted to all rows in ${formatSeconds(seconds)}`;
  const { trial: number, params } = model;
  if (out === undefined) await printData(text);
  else writeOutput(out, text);
  process.stderr.write(`hpo: the model of trial ${number} (${formatParams(params)}) was ${how}.\n`);
}

async function fitted(study: string, file: string | undefined, { db: database, trial }: ModelFlags): Promise<StudyModel> {
  const { openStudy, readStudy } = await engine();
  if (file === undefined) {
    const which = trial === undefined ? "the best trial" : `trial ${trial}`;
    throw new HpoError(
      "MODEL_NOT_FOUND",
      `The model of ${which} of the study ${showValue(study)} was not kept with its table. Name the study's file, to have it fitted: \`hpo model ${study}${trial === undefined ? "" : ` --trial ${trial}`} --file study.ts\`.`,
      { data: { study, ...(trial === undefined ? {} : { trial }) } },
    );
  }
  const { seed } = readStudy(study, { database }).declaration;
  const restoreStdout = divertStdout((text) => process.stderr.write(text));
  try {
    // The file may have been run under another name (--fork) and with another seed.
    const open = await openStudy(file, { database, fork: study, seed }).catch((error: unknown) => {
      throw changed(error, study, file);
    });
    try {
      return await open.model(trial);
    } finally {
      await open.close();
    }
  } finally {
    restoreStdout();
  }
}

/** A study file that is not the stored study's, told with what helps here. */
function changed(error: unknown, study: string, file: string): unknown {
  if (!(error instanceof HpoError)) return error;
  const { code, data } = error;
  if (code === "STUDY_CHANGED") {
    const fields = (data["fields"] as readonly string[]).join(", ");
    return new HpoError(
      code,
      `${plainText(file)} is not the file of the stored study ${showValue(study)}: they differ in ${fields}. Name the file that it was run with.`,
      { data, cause: error },
    );
  }
  if (code !== "CODE_CHANGED") return error;
  return new HpoError(
    code,
    `The code of ${plainText(file)} has changed since the study ${showValue(study)} was run. Name the file as it was, or accept its code by \`hpo run ${file} --accept-code\`.`,
    { data, cause: error },
  );
}
