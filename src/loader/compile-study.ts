import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { build as Build, BuildFailure, BuildOptions, Loader, Metafile, Plugin } from "esbuild";
import { HpoError } from "../core/hpo-error.ts";
import { engineByName, engineByPath, isEngineFace, missingExport } from "./engine-imports.ts";

/** A study and its local files as one module. */
export interface CompiledStudy {
  /** The module: ES2023 with an inline source map. */
  readonly text: string;
  /** Absolute paths of the local files in it. */
  readonly sources: readonly string[];
}

/**
 * What the code of a study is: SHA-256 (hex) of its bundle without comments, white space, types, hpo and absolute paths.
 * So moving the folder keeps it, and a change in any imported local file does not.
 * @throws HpoError STUDY_FILE_INVALID where the file does not compile.
 */
export async function hashStudy(file: string, shown: (file: string) => string): Promise<string> {
  const folder = path.dirname(file);
  const { outputFiles } = await compile(
    file,
    {
      minifyWhitespace: true,
      plugins: [engineByName(), fileScope((source) => relativePaths(folder, source))],
    },
    shown,
  );
  return createHash("sha256").update(text(outputFiles)).digest("hex");
}

/**
 * Compiles a study for a bundle in `bundleFolder`. There, `hpo` is the running engine, and every file's `import.meta.url`,
 * `.dirname`, `.filename`, `__dirname` and `__filename` are its source's. `packages`: "by name" leaves packages to Node's
 * resolution from the bundle; "by path" resolves them now, for a bundle outside the study's folder.
 */
export async function compileStudy(
  file: string,
  options: { readonly bundleFolder: string; readonly packages: "by name" | "by path" },
  shown: (file: string) => string,
): Promise<CompiledStudy> {
  const folder = path.dirname(file);
  const plugins = [engineByPath(), fileScope(absolutePaths)];
  const byPath = options.packages === "by path";
  if (byPath) plugins.push(packagesByPath());
  const { outputFiles, metafile } = await compile(
    file,
    {
      outfile: path.join(options.bundleFolder, "study.mjs"),
      sourcemap: "inline",
      sourcesContent: false,
      packages: byPath ? "bundle" : "external",
      plugins,
    },
    shown,
  );
  const prefix = requiresAtRunTime(metafile) ? requirePrefix(file) : "";
  return {
    text: prefix + text(outputFiles),
    sources: Object.keys(metafile.inputs).flatMap((input) => (isEngineFace(input) ? [] : [path.resolve(folder, input)])),
  };
}

interface Compiled {
  readonly outputFiles: readonly { readonly text: string }[];
  readonly metafile: Metafile;
}

async function compile(file: string, options: BuildOptions, shown: (file: string) => string): Promise<Compiled> {
  const folder = path.dirname(file);
  // Required, and only here: import() would first look through its whole text for what it exports.
  const { build } = createRequire(import.meta.url)("esbuild") as { readonly build: typeof Build };
  try {
    return await build({
      packages: "external",
      ...options,
      entryPoints: [file],
      // Names of files in the output are relative to this, so they move with the folder.
      absWorkingDir: folder,
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      target: "node20",
      // Node's own conditions, without those that only bundlers know.
      conditions: [],
      charset: "utf8",
      legalComments: "none",
      // A local file that is imported for its effect stays, whatever its package.json says of side effects.
      ignoreAnnotations: true,
      logLevel: "silent",
      define: scopeNames,
    });
  } catch (error) {
    throw compileError(file, error as BuildFailure, shown);
  }
}

function text(outputFiles: Compiled["outputFiles"]): string {
  return outputFiles.map((output) => output.text).join("");
}

function compileError(file: string, failure: BuildFailure, shown: (file: string) => string): HpoError {
  const [first, ...more] = failure.errors ?? [];
  if (first === undefined) {
    return new HpoError("STUDY_FILE_INVALID", `${shown(file)} does not compile: ${failure.message}.`, { cause: failure, data: { file } });
  }
  const { location } = first;
  const place = location === null ? file : path.resolve(path.dirname(file), location.file);
  const position = location === null ? "" : `:${location.line}:${location.column + 1}`;
  const others = more.length === 0 ? "" : ` (and ${more.length} more ${more.length === 1 ? "error" : "errors"})`;
  const why = missingExport(first.text) ?? `the study does not compile: ${first.text.replace(/\.$/, "")}${others}.`;
  const message = `${shown(place)}${position}: ${why}`;
  return new HpoError("STUDY_FILE_INVALID", message, {
    cause: failure,
    data: { file: place, line: location?.line ?? null, column: location === null ? null : location.column + 1, errors: more.length + 1 },
  });
}

/** What a file can ask about itself, and the variable that answers within the bundle. */
const scopeNames = {
  "import.meta.url": "__hpo_url",
  "import.meta.filename": "__hpo_filename",
  "import.meta.dirname": "__hpo_dirname",
  __filename: "__hpo_filename",
  __dirname: "__hpo_dirname",
};

interface FilePaths {
  readonly url: string;
  readonly filename: string;
  readonly dirname: string;
}

function absolutePaths(file: string): FilePaths {
  return { url: pathToFileURL(file).href, filename: file, dirname: path.dirname(file) };
}

function relativePaths(folder: string, file: string): FilePaths {
  const filename = path.relative(folder, file).replaceAll(path.sep, "/");
  return { url: filename, filename, dirname: path.posix.dirname(filename) };
}

/** Declares the file's own variables in front of its first line, so that line numbers stay; what is unused, esbuild drops. */
function fileScope(paths: (file: string) => FilePaths): Plugin {
  return {
    name: "file-scope",
    setup(builder) {
      builder.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, async ({ path: file }) => {
        const source = await readFile(file, "utf8");
        if (!/import\.meta|__filename|__dirname/.test(source)) return undefined;
        const own = paths(file);
        const variables = `const __hpo_url=${JSON.stringify(own.url)},__hpo_filename=${JSON.stringify(own.filename)},__hpo_dirname=${JSON.stringify(own.dirname)};`;
        return { contents: variables + source.replace(/^#!/, "//"), loader: path.extname(file).replace(/^\.[cm]?/, "") as Loader };
      });
    },
  };
}

/** Resolves packages from the importing file, to absolute paths. What is not found stays a name: Node tells it. */
function packagesByPath(): Plugin {
  const own = Symbol("asked by this plugin");
  return {
    name: "packages-by-path",
    setup(builder) {
      builder.onResolve({ filter: /^[^./#]/ }, async ({ path: name, kind, resolveDir, pluginData, importer }) => {
        if (pluginData === own || kind === "entry-point") return undefined;
        const found = await builder.resolve(name, { kind, resolveDir, importer, pluginData: own });
        if (found.errors.length > 0) return { path: name, external: true };
        if (found.external || !found.path.split(path.sep).includes("node_modules")) return undefined;
        return { path: kind === "require-call" ? found.path : pathToFileURL(found.path).href, external: true };
      });
    },
  };
}

/** Whether a bundled CommonJS file requires what is not in the bundle. */
function requiresAtRunTime(metafile: Metafile): boolean {
  return Object.values(metafile.inputs).some((input) => input.imports.some(({ kind, external }) => kind === "require-call" && external));
}

/** On the first line, so that the source map's lines hold. esbuild renames a study's own variable of this name. */
function requirePrefix(file: string): string {
  const url = JSON.stringify(pathToFileURL(file).href);
  return `import { createRequire as __hpo_createRequire } from "node:module"; const require = __hpo_createRequire(${url}); `;
}
