import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("crowd-member.mjs", import.meta.url));

export type MemberKind = "ask" | "run" | "tpe" | "svm" | "read" | "start" | "hold";

/** What a member tells at its end. */
export interface MemberEnd {
  /** Complete ones, all durable. */
  readonly trials?: number;
  readonly commits?: number;
  /** Of its work, start and end of the process not included. */
  readonly seconds?: number;
  /** Of its longest call of the store, waiting included. */
  readonly longestMs?: number;
  /** Snapshots that a reader took. */
  readonly reads?: number;
  /** How a run ended. */
  readonly state?: string;
  /** What was thrown. */
  readonly code?: string | null;
  readonly message?: string;
}

/** A process that works on a database once it is told to. */
export interface Member {
  readonly child: ChildProcess;
  /** Resolves when it has loaded what it needs. */
  readonly ready: Promise<void>;
  go(): void;
  /** What it told; rejects where it told nothing, as after a kill. */
  readonly end: Promise<MemberEnd>;
}

export interface MemberOptions {
  readonly kind: MemberKind;
  readonly database: string;
  readonly name: string;
  readonly seconds?: number;
  /** A command that it is run by. */
  readonly inside?: readonly string[];
}

export function member({ kind, database, name, seconds = 1, inside = [] }: MemberOptions): Member {
  const [program, ...args] = [...inside, process.execPath, script, kind, database, name, String(seconds)];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  let said: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (said = resolve));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (stdout.includes("ready\n")) said();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // It may have been killed before it was told to go.
  child.stdin.on("error", () => undefined);
  const end = new Promise<MemberEnd>((resolve, reject) => {
    child.on("close", (code, signal) => {
      said();
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (line.startsWith("{")) resolve(JSON.parse(line) as MemberEnd);
      else reject(new Error(`The ${kind} member told nothing (code ${code}, signal ${signal}): ${stderr}`));
    });
  });
  end.catch(() => undefined);
  return { child, ready, go: () => void child.stdin.write("go\n"), end };
}

/** Starts them all at the same instant, and waits for what they tell. */
export async function crowd(members: readonly MemberOptions[]): Promise<readonly MemberEnd[]> {
  const all = members.map(member);
  await Promise.all(all.map(({ ready }) => ready));
  for (const { go } of all) go();
  return Promise.all(all.map(({ end }) => end));
}
