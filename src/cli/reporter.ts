import { createLogUpdate } from "log-update";
import type { RunProgress, RunSummary } from "../core/snapshot.ts";
import { formatSeconds } from "../report/duration.ts";
import { liveView, plainLine } from "../report/live-view.ts";
import { plainText, truncate, wrap } from "../report/plain-text.ts";
import { ndjsonEvent } from "../report/progress-event.ts";

export const reporterNames = ["live", "plain", "ndjson"] as const;
export type ReporterName = (typeof reporterNames)[number];

/** Shows a run while it goes on, on stderr. */
export interface Reporter {
  readonly intervalSeconds: number;
  start(file: string): void;
  update(progress: RunProgress): void;
  /** One sentence, such as "stopping". */
  message(text: string): void;
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

/** Redraws in place, also when the window changes its size; the view is taken away at the end, since the table follows. */
function liveReporter(stream: NodeJS.WriteStream, colour: boolean): Reporter {
  const screen = createLogUpdate(stream);
  let last: RunProgress | null = null;
  let title = "";
  let note = "";
  const draw = (): void => {
    // One column less than there are: a full last column makes some terminals begin a new line.
    const width = Math.max(40, (stream.columns ?? 80) - 1);
    // The note says more than the view's own line about stopping.
    const progress = last === null || note === "" ? last : { ...last, stopping: false };
    const lines = progress === null ? [title] : liveView(progress, { width, height: (stream.rows ?? 24) - 3, colour });
    screen([...lines, ...(note === "" ? [] : wrap(note, width))].join("\n"));
  };
  return {
    intervalSeconds: 0.1,
    start: (file) => {
      title = truncate(`${plainText(file)}: reading data and stored results …`, Math.max(40, (stream.columns ?? 80) - 1));
      draw();
      stream.on("resize", draw);
    },
    update: (progress) => {
      last = progress;
      draw();
    },
    message: (text) => {
      note = text;
      draw();
    },
    end: () => {
      stream.off("resize", draw);
      screen.clear();
      screen.done();
    },
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
  return {
    intervalSeconds: 1,
    start: () => {},
    update: (progress) => {
      // Often at first, then at most every tenth of the time gone: a night's log stays readable.
      if (progress.elapsedSeconds - shownAt >= Math.min(60, Math.max(1, progress.elapsedSeconds / 10))) show(progress);
      else pending = progress;
    },
    message: (text) => {
      stream.write(`hpo: ${text}\n`);
    },
    end: (summary) => {
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
    intervalSeconds: 0.5,
    start: (file) => write({ event: "start", file }),
    update: (progress) => write({ event: "progress", progress }),
    message: (message) => write({ event: "message", message }),
    end: (summary) => {
      if (summary !== null) write({ event: "end", summary });
    },
  };
}
