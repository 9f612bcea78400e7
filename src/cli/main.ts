#!/usr/bin/env node
import { exitCodes } from "./exit-code.ts";
import { failure } from "./failure.ts";
import { program } from "./program.ts";
import { tolerateClosedPipes } from "./terminal.ts";

tolerateClosedPipes();
let exitCode: number = exitCodes.fine;
try {
  const hpo = program((code) => {
    exitCode = code;
  });
  await hpo.parseAsync(process.argv);
} catch (error) {
  const told = failure(error, (process.env["HPO_DEBUG"] ?? "") !== "");
  process.stderr.write(told.text);
  exitCode = told.exitCode;
}
process.exitCode = exitCode;
