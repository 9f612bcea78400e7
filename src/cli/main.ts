#!/usr/bin/env node
import { HpoError } from "../core/hpo-error.ts";
import { exitCodes } from "./exit-code.ts";
import { failure } from "./failure.ts";
import { processEnd } from "./process-end.ts";
import { program } from "./program.ts";
import { tolerateClosedPipes } from "./terminal.ts";

/** Tells what was thrown and gives the exit code for it. */
function tell(error: unknown): number {
  const told = failure(error, (process.env["HPO_DEBUG"] ?? "") !== "");
  process.stderr.write(told.text);
  return told.exitCode;
}

/** Help into a full disk fails after the command has ended; a command's result, while it waits for it. It is told once. */
let outputTold = false;
tolerateClosedPipes((error) => {
  if (!outputTold) process.exitCode = tell(error);
  outputTold = true;
});
const end = processEnd();
// What no part of the engine has caught: nothing stored is lost, so the process may end.
process.on("uncaughtException", (error) => process.exit(tell(error)));
let exitCode: number = exitCodes.fine;
try {
  const hpo = program((code) => {
    exitCode = code;
  });
  await hpo.parseAsync(process.argv);
} catch (error) {
  const isOutput = error instanceof HpoError && error.code === "OUTPUT_FAILED";
  exitCode = isOutput && outputTold ? exitCodes.failed : tell(error);
  outputTold ||= isOutput;
}
await end(outputTold && exitCode === exitCodes.fine ? exitCodes.failed : exitCode);
