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

/** Where the list of what the engine exports is. */
const face = "hpo-face";

/**
 * `hpo` is the running engine from wherever it is imported, installed there or not. Its exports are listed for the compiler, so that a name that it lacks is told
 * before anything is loaded.
 */
export function engineByPath(): Plugin {
  const url = import.meta.resolve("hpo");
  return {
    name: "engine-by-path",
    setup(builder) {
      builder.onResolve({ filter: /^hpo(\/|$)/ }, ({ path: name, kind }: OnResolveArgs) => {
        if (kind === "import-statement") return unknownPart(name) ?? { path: name, namespace: face, sideEffects: false };
        const byPath = kind === "require-call" || kind === "require-resolve";
        return unknownPart(name) ?? { path: byPath ? fileURLToPath(url) : url, external: true };
      });
      builder.onResolve({ filter: /^file:/, namespace: face }, () => ({ path: url, external: true, sideEffects: false }));
      builder.onLoad({ filter: /^hpo$/, namespace: face }, async () => ({
        contents: `export { ${Object.keys((await import(url)) as object).join(", ")} } from ${JSON.stringify(url)};`,
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
