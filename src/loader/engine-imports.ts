import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { OnResolveArgs, Plugin } from "esbuild";

/** `hpo` stays that name from wherever it is imported. */
export function engineByName(): Plugin {
  return {
    name: "engine-by-name",
    setup(builder) {
      builder.onResolve({ filter: /^hpo(\/|$)/ }, ({ path: name }) => unknownPart(name) ?? { path: "hpo", external: true });
    },
  };
}

/** Where the text of the public face is, for the resolution of what it exports. */
const face = "hpo-face";

/**
 * `hpo` is the running engine from wherever it is imported, installed there or not. Each name is imported from the engine's own file that has it: a slot loads what its
 * study uses, not all that there is, which takes a quarter of a second of every thread.
 */
export function engineByParts(): Plugin {
  const url = import.meta.resolve("hpo");
  return {
    name: "engine-by-parts",
    setup(builder) {
      builder.onResolve({ filter: /^hpo(\/|$)/ }, ({ path: name, kind }: OnResolveArgs) => {
        if (kind === "import-statement") return unknownPart(name) ?? { path: name, namespace: face, sideEffects: false };
        const byPath = kind === "require-call" || kind === "require-resolve";
        return unknownPart(name) ?? { path: byPath ? fileURLToPath(url) : url, external: true };
      });
      builder.onResolve({ filter: /^\./, namespace: face }, ({ path: part }) => ({
        path: new URL(part, url).href,
        external: true,
        sideEffects: false,
      }));
      builder.onLoad({ filter: /^hpo$/, namespace: face }, async () => ({
        contents: await readFile(fileURLToPath(url), "utf8"),
        loader: "js",
      }));
    },
  };
}

/** Whether a source of a bundle is the public face. */
export function isEngineFace(input: string): boolean {
  return input.startsWith(`${face}:`);
}

/** What esbuild says of a name that the public face does not export, in our words; undefined for other messages. */
export function missingExport(message: string): string | undefined {
  const name = new RegExp(`^No matching export in "${face}:hpo" for import "([^"]+)"`).exec(message)?.[1];
  return name === undefined ? undefined : `hpo exports no ${name}.`;
}

function unknownPart(name: string): { readonly errors: { readonly text: string }[] } | undefined {
  return name === "hpo" ? undefined : { errors: [{ text: `hpo has no part ${JSON.stringify(name)}; import from "hpo"` }] };
}
