// Puts the modules that tsc made into few files: Node takes half a millisecond and more to find and link each module, and the package has hundreds.
//
// Each module stays where it was under its own name, as a line that hands on what a chunk has: there is one copy of everything, whether a program imports
// "hpo", a slot a task's module, or a test a part of the engine.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, transform } from "esbuild";

/** What Node starts: they do something as they are loaded, so they stay programs of their own, and export nothing. */
const isProgram = (file) => file === "cli/main.js" || file.endsWith("-entry.js");

/** A chunk's modules: these and what they import, but for what an earlier chunk has. A slot that solves needs the first alone, a program or a study that imports "hpo" two. */
const chunks = [
  { name: "work", roots: (file) => /(?:-task|\/solver)\.js$/.test(file) },
  { name: "engine", roots: (file) => file === "index.js" },
  { name: "rest", roots: (file) => !isProgram(file) },
];

/** Bundles the modules in `folder`, in place. */
export async function bundle(folder) {
  const files = readdirSync(folder, { recursive: true })
    .map((file) => file.split(path.sep).join("/"))
    .filter((file) => file.endsWith(".js"))
    .sort();
  const modules = await graphOf(folder, files);
  const chunkOf = chunked(modules);
  /** All that the modules of a chunk export, each under its own name. */
  const entries = chunks.map(({ name }) => ({
    file: path.join(folder, `${name}.chunk.mjs`),
    out: `chunks/${name}`,
    text: files
      .filter((file) => chunkOf.get(file) === name)
      .map(
        (file) =>
          `export { ${modules
            .get(file)
            .exports.map(([name, unique]) => `${name} as ${unique}`)
            .join(", ")} } from "./${file}";\n`,
      )
      .join(""),
  }));
  for (const { file, text } of entries) writeFileSync(file, text);
  let bundled;
  try {
    bundled = await build({
      ...common(folder),
      entryPoints: [
        ...files.filter(isProgram).map((file) => ({ in: file, out: file.slice(0, -".js".length) })),
        ...entries.map(({ file, out }) => ({ in: file, out })),
      ],
      bundle: true,
      splitting: true,
      chunkNames: "chunks/[name]-[hash]",
      packages: "external",
      write: false,
      plugins: [ownPlaces(folder)],
    });
  } finally {
    for (const { file } of entries) rmSync(file);
  }
  for (const [file, chunk] of chunkOf) {
    const to = path.posix.relative(path.posix.dirname(file), `chunks/${chunk}.js`);
    const names = modules.get(file).exports.map(([name, unique]) => `${unique} as ${name}`);
    writeFileSync(path.join(folder, file), `export { ${names.join(", ")} } from "${to.startsWith(".") ? to : `./${to}`}";\n`);
  }
  mkdirSync(path.join(folder, "chunks"));
  for (const { path: file, contents } of bundled.outputFiles) writeFileSync(file, contents);
}

/** Of each module what it exports, each with a name that nothing else has, and the modules that it imports. */
async function graphOf(folder, files) {
  const { metafile } = await build({ ...common(folder), entryPoints: files, write: false, metafile: true });
  let count = 0;
  return new Map(
    files.map((file) => {
      const { exports, imports } = metafile.outputs[file];
      return [
        file,
        {
          exports: exports.map((name) => [name, `${name}$${count++}`]),
          imports: imports
            .filter(({ path: to }) => to.startsWith("."))
            .map(({ path: to }) => path.posix.join(path.posix.dirname(file), to)),
        },
      ];
    }),
  );
}

/** The chunk of each module but the programs. */
function chunked(modules) {
  const chunkOf = new Map();
  for (const { name, roots } of chunks) {
    const waiting = [...modules.keys()].filter(roots);
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (chunkOf.has(file) || isProgram(file)) continue;
      chunkOf.set(file, name);
      waiting.push(...modules.get(file).imports);
    }
  }
  return chunkOf;
}

/** `import.meta.url` stays what it was: chunks and programs lie one folder deep. */
function ownPlaces(folder) {
  return {
    name: "own-places",
    setup(builder) {
      builder.onLoad({ filter: /\.js$/ }, async ({ path: file }) => {
        const text = readFileSync(file, "utf8");
        if (!text.includes("import.meta.url")) return undefined;
        const place = JSON.stringify(`../${path.relative(folder, file).split(path.sep).join("/")}`);
        const { code } = await transform(text, { ...syntax, define: { "import.meta.url": "ownPlace" } });
        return { contents: `const ownPlace = new URL(${place}, import.meta.url).href;\n${code}`, loader: "js" };
      });
    },
  };
}

const syntax = { format: "esm", platform: "node", target: "node20", charset: "utf8", logLevel: "warning" };

function common(folder) {
  return { ...syntax, absWorkingDir: folder, outdir: folder, outbase: folder };
}
