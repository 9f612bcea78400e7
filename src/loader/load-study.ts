import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { HpoError } from "../core/hpo-error.ts";
import { showValue, showPath } from "../core/options.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { keepBundle, studyBundleFolder, temporaryBundleFolder } from "./bundle-folder.ts";
import { compileStudy, engineUrl, hashStudy } from "./compile-study.ts";
import { sourcePosition } from "./source-position.ts";

/** A study file, loaded. */
export interface LoadedStudy {
  readonly spec: StudySpec;
  /** File URL of the module whose default export is `spec`; needs nothing else to be imported, in any thread or process. */
  readonly bundle: string;
  /** SHA-256 (hex) of the code: equal wherever the folder lies and whatever comments, white space and types say. */
  readonly codeHash: string;
  /** Absolute path of the study file's folder, links resolved: what its data paths are relative to. */
  readonly folder: string;
}

/**
 * Loads a study file (.ts, .mts, .js or .mjs) with its local files, bundled into `.hpo/bundles` beside it, or in the system's
 * temporary folder where that can't be written. Within the study, `hpo` is the running engine, installed there or not.
 * @throws HpoError STUDY_FILE_NOT_FOUND, STUDY_FILE_INVALID, or what `defineStudy` threw with the place in front.
 */
export async function loadStudy(file: string, options: { readonly cwd?: string } = {}): Promise<LoadedStudy> {
  const cwd = options.cwd ?? process.cwd();
  const source = await findStudy(file, cwd);
  const shown = (one: string): string => (one === source ? file : shownPath(one, cwd));
  const [codeHash, bundle] = await Promise.all([hashStudy(source, shown), bundleStudy(source, shown)]);
  const spec = await importStudy({ ...bundle, source }, shown);
  return Object.freeze({ spec, bundle: pathToFileURL(bundle.file).href, codeHash, folder: path.dirname(source) });
}

interface Bundle {
  readonly file: string;
  readonly text: string;
  readonly sources: readonly string[];
}

async function findStudy(file: string, cwd: string): Promise<string> {
  const absolute = path.resolve(cwd, file);
  try {
    if (!(await stat(absolute)).isDirectory()) return await realpath(absolute);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "ENOTDIR") {
      throw new HpoError("STUDY_FILE_INVALID", `The study file ${showPath(file)} can't be read: ${showPath((error as Error).message)}.`, {
        data: { file: absolute },
        cause: error,
      });
    }
    const where = path.isAbsolute(file) ? "" : ` in ${showPath(cwd)}`;
    throw new HpoError("STUDY_FILE_NOT_FOUND", `There is no study file ${showPath(file)}${where}.`, { data: { file, cwd }, cause: error });
  }
  throw new HpoError(
    "STUDY_FILE_INVALID",
    `${showPath(file)} is a folder; give a study file in it, such as ${showPath(path.join(file, "study.ts"))}.`,
    {
      data: { file: absolute },
    },
  );
}

/** Relative where it lies below the working folder. */
function shownPath(file: string, cwd: string): string {
  const relative = path.relative(cwd, file);
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative;
}

async function bundleStudy(source: string, shown: (file: string) => string): Promise<Bundle> {
  const beside = studyBundleFolder(path.dirname(source));
  const compiled = await compileStudy(source, { bundleFolder: beside, packages: "by name" }, shown);
  try {
    return { ...compiled, file: await keepBundle(beside, compiled.text) };
  } catch (besideError) {
    const elsewhere = temporaryBundleFolder();
    const movable = await compileStudy(source, { bundleFolder: elsewhere, packages: "by path" }, shown);
    try {
      return { ...movable, file: await keepBundle(elsewhere, movable.text) };
    } catch (error) {
      const reasons = `${(besideError as Error).message}; ${(error as Error).message}`;
      throw new HpoError(
        "STORE_FAILED",
        `The bundle of ${shown(source)} can be written neither beside it nor in ${elsewhere}: ${reasons}.`,
        {
          data: { file: source },
          cause: error,
        },
      );
    }
  }
}

async function importStudy(bundle: Bundle & { readonly source: string }, shown: (file: string) => string): Promise<StudySpec> {
  const file = shown(bundle.source);
  let exported: Record<string, unknown>;
  try {
    exported = (await import(pathToFileURL(bundle.file).href)) as Record<string, unknown>;
  } catch (error) {
    throw importError(error, bundle, shown);
  }
  const data = { file: bundle.source };
  if (!Object.hasOwn(exported, "default")) {
    const names = Object.keys(exported);
    const others = names.length === 0 ? "exports nothing" : `exports ${names.join(", ")} but has no default export`;
    throw new HpoError("STUDY_FILE_INVALID", `${file} ${others}; a study file ends in: export default defineStudy({ … }).`, { data });
  }
  const spec = exported["default"];
  if (typeof spec !== "object" || spec === null || (spec as Partial<StudySpec>).kind !== "study") {
    const message = `${file}: the default export must be a study, made by defineStudy({ … }); got ${showValue(spec)}.`;
    throw new HpoError("STUDY_FILE_INVALID", message, { data });
  }
  return spec as StudySpec;
}

function importError(error: unknown, bundle: Bundle & { readonly source: string }, shown: (file: string) => string): HpoError {
  const position = sourcePosition(error, bundle);
  const place = position === undefined ? shown(bundle.source) : `${shown(position.file)}:${position.line}:${position.column}`;
  const data = { file: position?.file ?? bundle.source, line: position?.line ?? null, column: position?.column ?? null };
  const fail = (message: string): HpoError => new HpoError("STUDY_FILE_INVALID", message, { data, cause: error });
  if (error instanceof HpoError)
    return new HpoError(error.code, `${place}: ${error.message}`, { data: { ...error.data, ...data }, cause: error });
  const message = error instanceof Error ? error.message : `it threw ${showValue(error)}`;

  if ((error as NodeJS.ErrnoException | null)?.code === "ERR_MODULE_NOT_FOUND") {
    const name = /^Cannot find package '([^']+)'/.exec(message)?.[1];
    const folder = path.dirname(bundle.source);
    if (name !== undefined) {
      return fail(`${shown(bundle.source)}: the package ${name} is not installed; run npm install ${name} in ${folder}.`);
    }
  }
  const missing = /^The requested module '([^']+)' does not provide an export named '([^']+)'/.exec(message);
  if (missing !== null) {
    const [, from = "", name] = missing;
    return fail(`${place}: ${from === engineUrl() ? "hpo" : from} exports no ${name}.`);
  }
  return fail(`${place}: the study failed while it was loaded: ${message.replace(/\.$/, "")}.`);
}
