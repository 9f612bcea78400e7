import type { TaskLog } from "../core/task-log.ts";
import type { LogRest } from "./log-ring.ts";

/** What one task wrote, put together from what came while it ran and what was left when it had ended. */
export interface PostedLog {
  add(text: string): void;
  /** undefined where nothing was written. */
  whole(rest?: Pick<LogRest, "written" | "tail">): TaskLog | undefined;
}

export function postedLog(): PostedLog {
  const texts: string[] = [];
  return Object.freeze({
    add: (text: string) => void texts.push(text),
    whole(rest: Pick<LogRest, "written" | "tail"> = { written: 0, tail: "" }): TaskLog | undefined {
      if (texts.length === 0 && rest.written === 0) return undefined;
      return Object.freeze({ head: texts.join(""), dropped: rest.written - rest.tail.length, tail: rest.tail });
    },
  });
}
