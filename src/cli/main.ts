#!/usr/bin/env node
import { exitCodes } from "./exit-code.ts";
import { failure } from "./failure.ts";
import { program } from "./program.ts";
import { tolerateClosedPipes } from "./terminal.ts";

/** Tells what was thrown and gives the exit code for it. */
function tell(error: unknown): number {
  const told = failure(error, (process.env["HPO_DEBUG"] ?? "") !== "");
  process.stderr.write(told.text);
  return told.exitCode;
}

tolerateClosedPipes();
// What no part of the engine has caught: nothing stored is lost, so the process may end.
process.on("uncaughtException", (error) => process.exit(tell(error)));
let exitCode: number = exitCodes.fine;
try {
  const hpo = program((code) => {
    exitCode = code;
  });
  await hpo.parseAsync(process.argv);
} catch (error) {
  exitCode = tell(error);
}
// What a study's code left open in this process (a timer, a server) must not keep it.
for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write("", resolve));
process.exit(exitCode);
