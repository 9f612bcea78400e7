import { isatty } from "node:tty";
import { HpoError } from "../core/hpo-error.ts";
import { terminalText } from "../report/plain-text.ts";

/** Whether a stream gets colours: a terminal gets them unless NO_COLOR is set, anything else only with FORCE_COLOR. */
export function wantsColour(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  if (environment["NO_COLOR"] !== undefined && environment["NO_COLOR"] !== "") return false;
  const forced = environment["FORCE_COLOR"] ?? "";
  if (forced !== "") return forced !== "0" && forced !== "false";
  return stream.isTTY === true && environment["TERM"] !== "dumb";
}

/** How reports for stdout are laid out: as wide as the terminal, 100 columns into a pipe or file. */
export function textLayout(): { readonly width: number; readonly colour: boolean } {
  return {
    width: process.stdout.isTTY ? Math.max(40, process.stdout.columns || 80) : 100,
    colour: wantsColour(process.stdout, process.env),
  };
}

/** Writes data and waits until it has left, so that a pipe gets all of it before the process ends. */
export function printData(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(terminalText(text, { colour: wantsColour(process.stdout, process.env) }), (error) =>
      error == null || isClosedPipe(error) ? resolve() : reject(outputFailed("stdout", error)),
    );
  });
}

/**
 * Sends what a study's code prints in this process to `listener`, so that stdout holds the result alone. Gives back what
 * ends it.
 */
export function divertStdout(listener: (text: string) => void): () => void {
  const write = process.stdout.write;
  process.stdout.write = (chunk: string | Uint8Array, second?: unknown, third?: unknown): boolean => {
    listener(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    const done = (typeof second === "function" ? second : third) as (() => void) | undefined;
    if (done !== undefined) queueMicrotask(done);
    return true;
  };
  return () => {
    process.stdout.write = write;
  };
}

/**
 * A reader that has seen enough (`| head`) is no failure; neither is a log that nobody reads any more, or whose disk is full: a run goes on without it.
 * What else keeps the result from stdout is told by `failed`.
 */
export function tolerateClosedPipes(failed: (error: HpoError) => void): void {
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: Error) => {
    if (!isClosedPipe(error)) failed(outputFailed("stdout", error));
  });
}

/** `place` could not take what was written to it. */
export function outputFailed(place: string, cause: Error): HpoError {
  const { code } = cause as { readonly code?: string };
  const cure = code === "ENOSPC" || code === "EDQUOT" ? "its disk is full: free some space, or write it elsewhere" : "write it elsewhere";
  return new HpoError("OUTPUT_FAILED", `The result can't be written to ${place} (${cause.message}); ${cure}. All that is stored is kept.`, {
    data: { place },
    cause,
  });
}

/** Whether a person's terminal is at one of the three streams: nohup, cron and services have none. */
export function onTerminal(): boolean {
  return isatty(0) || isatty(1) || isatty(2);
}

/** Whether this process had a terminal that was closed. */
export function lostTerminal(): boolean {
  return [process.stdout, process.stderr].some((stream) => stream.isTTY && codeOf(stream.errored) === "EIO");
}

function isClosedPipe(error: Error): boolean {
  const code = codeOf(error);
  // A terminal that was closed says what a failing disk says.
  const closed = code === "EIO" && (process.stdout.isTTY || process.stderr.isTTY);
  return closed || code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "EOF";
}

function codeOf(error: Error | null): string | undefined {
  return (error as { readonly code?: string } | null)?.code;
}
