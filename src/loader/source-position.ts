import { SourceMap, type SourceMapPayload } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** Where in a study's own files, lines and columns from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The first place in an error's stack that lies in the study: in its bundle (looked up in the bundle's inline source map),
 * or in one of its `sources`, where Node has looked it up already. undefined where the stack names neither.
 */
export function sourcePosition(
  error: unknown,
  bundle: { readonly file: string; readonly text: string; readonly sources: readonly string[] },
): SourcePosition | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const bundleUrl = pathToFileURL(bundle.file).href;
  for (const frame of stack.split("\n")) {
    const inBundle = positionAfter(frame, bundleUrl);
    const found = inBundle === undefined ? undefined : original(bundle, inBundle);
    if (found !== undefined) return found;
    for (const file of bundle.sources) {
      const inSource = positionAfter(frame, file) ?? positionAfter(frame, pathToFileURL(file).href);
      if (inSource !== undefined) return { file, ...inSource };
    }
  }
  return undefined;
}

/** The `:line:column` that follows `place` in a frame. */
function positionAfter(frame: string, place: string): { line: number; column: number } | undefined {
  const at = frame.indexOf(`${place}:`);
  const match = at < 0 ? null : /^:(\d+)(?::(\d+))?/.exec(frame.slice(at + place.length));
  return match === null ? undefined : { line: Number(match[1]), column: Number(match[2] ?? 1) };
}

function original(bundle: { readonly file: string; readonly text: string }, at: Omit<SourcePosition, "file">): SourcePosition | undefined {
  const encoded = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(bundle.text)?.[1];
  if (encoded === undefined) return undefined;
  const payload = JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as SourceMapPayload;
  const entry = new SourceMap(payload).findEntry(at.line - 1, at.column - 1);
  if (!("originalSource" in entry) || entry.originalSource === undefined) return undefined;
  return {
    file: path.resolve(path.dirname(bundle.file), entry.originalSource),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  };
}
