import type { Incident } from "../core/executor.ts";
import { showValue } from "../core/options.ts";
import { withoutSecrets } from "../core/without-secrets.ts";

/** Longest message and stack that are kept, in characters. */
const messageLength = 500;
const stackLength = 8000;
const causeDepth = 5;

/** An incident without a thrown value behind it. */
export function incident(kind: Incident["kind"], message: string): Incident {
  return Object.freeze({ kind, message, code: null, stack: null });
}

/**
 * What a task threw, as an incident. Anything can be thrown (nothing, a text, an object whose members throw when they
 * are read, an error that is its own cause), and an incident comes back for all of it. Memory that can't be had outside
 * the JavaScript heap is told as "out-of-memory".
 */
export function incidentOf(thrown: unknown): Incident {
  try {
    const { message, stack, ...told } = describe(thrown);
    return Object.freeze({ ...told, message: withoutSecrets(message), stack: stack === null ? null : withoutSecrets(stack) });
  } catch {
    return incident("error", "The task threw a value that can't be read.");
  }
}

function describe(thrown: unknown): Incident {
  if (!isErrorLike(thrown)) {
    const shown = thrown === undefined ? "undefined" : showValue(thrown);
    return incident("error", `The task threw ${shown}, which is not an Error.`);
  }
  const name = text(thrown, "name");
  const message = sentence(thrown);
  const code = name === "HpoError" ? text(thrown, "code") : "";
  return Object.freeze({
    kind: outOfMemory.some((pattern) => pattern.test(message)) ? "out-of-memory" : "error",
    message,
    code: code === "" ? null : code,
    stack: stackOf(thrown),
  });
}

/** What V8 says when an ArrayBuffer or a WebAssembly memory can't be had; the heap itself ends the whole worker. */
const outOfMemory = [/Array buffer allocation failed/, /WebAssembly\.Memory\(\): could not allocate memory/];

function isErrorLike(value: unknown): value is object {
  return typeof value === "object" && value !== null && (value instanceof Error || text(value, "message") !== "");
}

/** A member as text; empty where it is none, or can't be read. */
function text(value: object, member: string): string {
  try {
    const found = (value as Record<string, unknown>)[member];
    return typeof found === "string" ? found : "";
  } catch {
    return "";
  }
}

function sentence(error: object): string {
  const name = text(error, "name");
  const message = text(error, "message").replaceAll(/\s+/g, " ").trim();
  if (message === "") return `The task threw ${name === "" ? "an error" : name} without a message.`;
  const full = name === "" || name === "Error" || name === "HpoError" ? message : `${name}: ${message}`;
  return full.length <= messageLength ? full : `${full.slice(0, messageLength - 1)}…`;
}

/** The stack, then those of its causes; a cause that was told already ends it. */
function stackOf(error: object): string | null {
  const told = new Set<object>();
  const parts: string[] = [];
  let next: unknown = error;
  while (typeof next === "object" && next !== null && !told.has(next) && told.size < causeDepth) {
    told.add(next);
    const stack = text(next, "stack");
    if (stack !== "") parts.push(stack);
    next = causeOf(next);
  }
  return parts.length === 0 ? null : parts.join("\nCaused by: ").slice(0, stackLength);
}

function causeOf(error: object): unknown {
  try {
    return (error as { cause?: unknown }).cause;
  } catch {
    return undefined;
  }
}
