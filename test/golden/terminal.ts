import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A real terminal of a given size, by tmux. */
export interface Terminal {
  type(line: string): void;
  press(key: string): void;
  /** The screen once it has the pattern; throws with the last screen after about 30 s. */
  until(pattern: RegExp): Promise<string>;
  close(): void;
}

export const hasTmux: boolean = spawnSync("tmux", ["-V"]).status === 0;

/** Opens a shell in `folder` that knows `hpo`, with the prompt "ready>" on an empty screen. */
export async function terminal(options: {
  readonly columns: number;
  readonly rows: number;
  readonly folder: string;
  readonly main: string;
}): Promise<Terminal> {
  const { columns, rows, folder, main } = options;
  const home = mkdtempSync(path.join(tmpdir(), "hpo-tmux-"));
  const tmux = (...args: string[]): string => {
    // -f: nobody's own settings; -u: lines and blocks, wherever this runs.
    const done = spawnSync("tmux", ["-f", "/dev/null", "-u", "-S", path.join(home, "socket"), ...args], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`tmux ${args.join(" ")}: ${done.stderr}`);
    return done.stdout;
  };
  const shell = `cd '${folder}'; unset CI NO_COLOR FORCE_COLOR; export LC_ALL=C.UTF-8 PS1='re''ady> '; hpo() { '${process.execPath}' '${main}' "$@"; }; clear`;
  tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), "sh");
  const screen = (): string => `${tmux("capture-pane", "-p").trimEnd()}\n`;
  const type = (line: string): void => {
    tmux("send-keys", "-l", line);
    tmux("send-keys", "Enter");
  };
  const opened: Terminal = {
    type,
    press: (key) => {
      tmux("send-keys", key);
    },
    async until(pattern) {
      for (let tries = 0; tries < 600; tries++) {
        const seen = screen();
        if (pattern.test(seen)) return seen;
        await sleep(50);
      }
      throw new Error(`the terminal never showed ${String(pattern)}:\n${screen()}`);
    },
    close() {
      tmux("kill-server");
      rmSync(home, { recursive: true, force: true });
    },
  };
  type(shell);
  await opened.until(/^ready>/m);
  return opened;
}
