import { createLogUpdate } from "log-update";
import { lineBuffer } from "./line-buffer.ts";
import type { RunProgress, RunSummary } from "../core/snapshot.ts";
import { formatSeconds } from "../report/duration.ts";
import { liveView, plainLine } from "../report/live-view.ts";
import { plainText, truncate, wrap } from "../report/plain-text.ts";
import { ndjsonEvent } from "../report/progress-event.ts";

export const reporterNames = ["live", "plain", "ndjson"] as const;
export type ReporterName = (typeof reporterNames)[number];

/** Shows a run while it goes on, on stderr. */
export interface Reporter {
  readonly intervalMs: number;
  start(file: string): void;
  update(progress: RunProgress): void;
  /** One sentence, such as "stopping". */
  message(text: string): void;
  /** What the study's own code printed, as it came: also half a line. `slot` is undefined for code in this process. */
  output(text: string, slot?: number): void;
  /** A sentence that stays, below the result. */
  note(text: string): void;
  /** Leaves the terminal as it was; `summary` is null where the run broke off. */
  end(summary: RunSummary | null): void;
}

/** Animation needs a terminal that a person looks at. */
export function defaultReporter(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): ReporterName {
  const inCi = environment["CI"] !== undefined && environment["CI"] !== "" && environment["CI"] !== "false";
  return stream.isTTY && !inCi && environment["TERM"] !== "dumb" ? "live" : "plain";
}

export function reporter(name: ReporterName, stream: NodeJS.WriteStream, colour: boolean): Reporter {
  if (name === "live") return liveReporter(stream, colour);
  return name === "plain" ? plainReporter(stream) : ndjsonReporter(stream);
}

/**
 * Redraws in place, also when the window changes its size; the view is taken away at the end, since the table follows. The cursor stays visible: what
 * hides it listens for signals, and a kill would leave it hidden.
 */
function liveReporter(stream: NodeJS.WriteStream, colour: boolean): Reporter {
  const screen = createLogUpdate(stream, { showCursor: true });
  let last: RunProgress | null = null;
  let lastAt = 0;
  let clock: NodeJS.Timeout | undefined;
  let title = "";
  let note = "";
  let drawn = 0;
  const erase = (): void => {
    screen.clear();
    drawn = 0;
  };
  const draw = (): void => {
    // One column less than there are: a full last column makes some terminals begin a new line.
    const width = Math.max(40, (stream.columns ?? 80) - 1);
    // The note says more than the view's own line about stopping.
    const now = last === null ? null : later(last, (performance.now() - lastAt) / 1000);
    const progress = now === null || note === "" ? now : { ...now, stopping: false };
    const view = progress === null ? [title] : liveView(progress, { width, height: (stream.rows ?? 24) - 3, colour });
    const lines = [...view, ...(note === "" ? [] : wrap(note, width))];
    if (lines.length !== drawn) erase();
    drawn = lines.length;
    screen(lines.join("\n"));
  };
  const printed = lineBuffer((lines) => {
    erase();
    stream.write(lines);
    if (stream.listeners("resize").includes(draw)) draw();
  });
  return {
    intervalMs: 100,
    start: (file) => {
      title = truncate(`${plainText(file)}: reading data and stored results …`, Math.max(40, (stream.columns ?? 80) - 1));
      draw();
      stream.on("resize", draw);
      clock = setInterval(draw, 200);
      clock.unref();
    },
    update: (progress) => {
      last = progress;
      lastAt = performance.now();
      draw();
    },
    note: (text) => {
      stream.write(`hpo: ${text}\n`);
    },
    message: (text) => {
      note = text;
      draw();
    },
    output: printed.add,
    end: () => {
      clearInterval(clock);
      stream.off("resize", draw);
      erase();
      screen.done();
      printed.flush();
    },
  };
}

/** Progress is told when something changes; in between only the clocks go on. */
function later(progress: RunProgress, seconds: number): RunProgress {
  return {
    ...progress,
    elapsedSeconds: progress.elapsedSeconds + seconds,
    secondsLeft: progress.secondsLeft === null ? null : Math.max(0, progress.secondsLeft - seconds),
    slots: progress.slots.map((slot) => (slot.label === null ? slot : { ...slot, seconds: slot.seconds + seconds })),
  };
}

/** One line now and then, and the last state at the end. */
function plainReporter(stream: NodeJS.WriteStream): Reporter {
  let last = "";
  let pending: RunProgress | null = null;
  let shownAt = Number.NEGATIVE_INFINITY;
  const show = (progress: RunProgress): void => {
    const line = plainLine(progress);
    if (line !== last) stream.write(`${line}\n`);
    last = line;
    shownAt = progress.elapsedSeconds;
    pending = null;
  };
  const printed = lineBuffer((lines) => stream.write(lines));
  let noted = 0;
  let study = "";
  return {
    intervalMs: 1000,
    start: () => {},
    update: (progress) => {
      // The searches of a nested cross-validation follow each other, each with a clock and notes of its own.
      if (progress.study !== study) {
        if (pending !== null) show(pending);
        [study, noted, shownAt] = [progress.study, 0, Number.NEGATIVE_INFINITY];
      }
      for (const text of progress.notes.slice(noted)) stream.write(`${plainText(progress.study)}  ${plainText(text)}\n`);
      noted = progress.notes.length;
      // Often at first, then at most every tenth of the time gone: a night's log stays readable.
      if (progress.elapsedSeconds - shownAt >= Math.min(60, Math.max(1, progress.elapsedSeconds / 10))) show(progress);
      else pending = progress;
    },
    note: (text) => {
      stream.write(`hpo: ${text}\n`);
    },
    message: (text) => {
      stream.write(`hpo: ${text}\n`);
    },
    output: printed.add,
    end: (summary) => {
      printed.flush();
      if (pending !== null) show(pending);
      if (summary !== null)
        stream.write(
          `${plainText(String(summary["study"]))}  ${String(summary["state"])} after ${formatSeconds(summary["wallSeconds"] as number | null)}\n`,
        );
    },
  };
}

function ndjsonReporter(stream: NodeJS.WriteStream): Reporter {
  const write = (event: Parameters<typeof ndjsonEvent>[0]): void => {
    stream.write(`${ndjsonEvent(event)}\n`);
  };
  return {
    intervalMs: 500,
    start: (file) => write({ event: "start", file }),
    update: (progress) => write({ event: "progress", progress }),
    message: (message) => write({ event: "message", message }),
    note: (message) => write({ event: "message", message }),
    output: (text, slot) => write({ event: "output", slot: slot ?? null, text }),
    end: (summary) => {
      if (summary !== null) write({ event: "end", summary });
    },
  };
}
