// A disk of a few megabytes that really runs full: a tmpfs in a mount namespace of its own, which goes when the process that holds it ends, whatever ends
// that. Commands are run in the namespace; nothing outside of it sees the disk.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface Shelled {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SmallDisk {
  /** Where it lies, for the commands that run on it. */
  readonly folder: string;
  /** Runs a command that sees the disk. */
  run(cwd: string, command: readonly string[]): Shelled;
  /** Empties it and takes up all but `room` bytes, which are whole pages of 4 KiB. */
  leave(room: number): void;
  /** Gives back what was taken up. */
  free(): void;
  /** Copies what lies on it, without what takes up its space, into a folder that is made. */
  copyTo(folder: string): void;
  remove(): Promise<void>;
}

const megabytes = 32;

/** As root a mount namespace, else one of a user namespace in which the user is root. */
const ways = [
  { unshare: ["-m"], nsenter: ["-m"] },
  { unshare: ["-r", "-m"], nsenter: ["-U", "--preserve-credentials", "-m"] },
];

/** Mounts a disk; the reason where neither way is open to this user. */
export async function smallDisk(): Promise<SmallDisk | string> {
  if (process.platform !== "linux") return "needs Linux, to mount a small disk";
  for (const way of ways) {
    const disk = await mounted(way);
    if (disk !== undefined) return disk;
  }
  return "needs the right to mount a small disk (unshare -m or unshare -rm)";
}

async function mounted(way: (typeof ways)[number]): Promise<SmallDisk | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-small-disk-"));
  // It holds the namespace until its stdin is closed, which a killed test does, too.
  const script = `mount -t tmpfs -o size=${megabytes}m,mode=700 hpo-small-disk "$0" && echo mounted && exec cat >/dev/null`;
  const holder = spawn("unshare", [...way.unshare, "sh", "-c", script, folder], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => {
    holder.once("error", () => resolve());
    holder.once("exit", () => resolve());
  });
  const there = await Promise.race([
    new Promise<boolean>((resolve) => holder.stdout.once("data", () => resolve(true))),
    ended.then(() => false),
  ]);
  if (!there) {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  const ballast = path.join(folder, "ballast");
  function run(cwd: string, command: readonly string[]): Shelled {
    const enter = [...way.nsenter, "-t", String(holder.pid), "--", "sh", "-c", 'cd "$0" && exec "$@"', cwd, ...command];
    const env = { ...process.env, CI: "1", NO_COLOR: "1" };
    const { status, stdout, stderr } = spawnSync("nsenter", enter, { encoding: "utf8", env, timeout: 120_000 });
    return { status, stdout, stderr };
  }
  function shell(script: string, ...args: readonly string[]): void {
    const { status, stderr } = run("/", ["sh", "-c", script, ...args]);
    if (status !== 0) throw new Error(`The small disk: ${script}: ${stderr}`);
  }
  return {
    folder,
    run,
    leave: (room) => shell('rm -rf "$0"/* && head -c "$1" /dev/zero > "$0"/ballast', folder, String(megabytes * 1024 ** 2 - room)),
    free: () => shell('rm "$0"', ballast),
    copyTo: (copy) => shell('mkdir "$1" && cp -r "$0"/. "$1" && rm -f "$1"/ballast', folder, copy),
    async remove() {
      holder.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
