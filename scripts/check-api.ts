import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { maskText } from "./source-imports.ts";

const list = "docs/api.txt";

interface PublicName {
  readonly kind: string;
  readonly name: string;
  readonly documented: boolean;
}

/**
 * Where the public names differ from `docs/api.txt`, so that a public change is a deliberate one, and which of them have no
 * docstring. `write` brings the list up to date first.
 */
export function apiProblems(root: string, write: boolean = false): string[] {
  const { names, problems } = publicNames(root);
  const now = names.map(({ kind, name }) => `${kind} ${name}`).sort();
  const file = path.join(root, list);
  if (write) writeFileSync(file, `${now.join("\n")}\n`);
  const before = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const cure = `if that is meant, run npm run check -- api --write.`;
  return [
    ...problems,
    ...now.filter((name) => !before.includes(name)).map((name) => `${name} is public, but not in ${list}; ${cure}`),
    ...before.filter((name) => !now.includes(name)).map((name) => `${name} is in ${list}, but no longer public; ${cure}`),
    ...names.filter(({ documented }) => !documented).map(({ kind, name }) => `${kind} ${name} is public and has no docstring.`),
  ];
}

/** Reads `src/index.ts`, which holds nothing but `export { names } from "./file.ts"`. */
function publicNames(root: string): { names: PublicName[]; problems: string[] } {
  const index = path.join(root, "src/index.ts");
  const { code, strings } = maskText(readFileSync(index, "utf8"));
  const form = /export\s+(?:type\s+)?\{([^}]*)\}\s*from\s*"(\d+)"\s*;?/g;
  const rest = code.replace(form, "").trim();
  const problems =
    rest === ""
      ? []
      : [`src/index.ts must hold nothing but export { … } from "…"; it holds ${rest.replace(/\s+/g, " ").replace(/"\d+"/g, '"…"')}`];
  const names = [...code.matchAll(form)].flatMap(([, members = "", text]) => {
    const file = path.join(path.dirname(index), strings[Number(text)] ?? "");
    const source = existsSync(file) ? readFileSync(file, "utf8") : "";
    return members
      .split(",")
      .map((member) => member.trim().replace(/^type\s+/, ""))
      .filter((member) => member !== "")
      .map((member) => declaration(source, member));
  });
  return { names, problems };
}

/** `member`: a name, or `inner as outer`. */
function declaration(source: string, member: string): PublicName {
  const [inner = member, outer = inner] = member.split(/\s+as\s+/);
  const form = new RegExp(
    String.raw`(\*/\s*)?^export (?:declare |async |abstract )*(function|class|interface|type|const)\*? ${inner}\b`,
    "m",
  );
  const match = form.exec(source);
  return { kind: match?.[2] ?? "name", name: outer, documented: match?.[1] !== undefined };
}
