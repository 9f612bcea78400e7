/** An import as it is written. `target` is null where an `import()` computes it. */
export interface SourceImport {
  readonly line: number;
  readonly target: string | null;
}

/**
 * Every import of a TypeScript file: `import`, `export … from`, `import()` in code and in types (type-only ones too), and
 * relative modules named by `new URL("./x.js", import.meta.url)`.
 */
export function sourceImports(source: string): SourceImport[] {
  const { code, strings } = maskText(source);
  const text = String.raw`"(\d+)"`;
  const forms = [
    // `from` belongs to the keyword where only names, commas, braces and stars lie between.
    new RegExp(String.raw`(?<![.\w$])(?:import|export)\b(?!\s*[.(])[\w$\s,{}*]*?\bfrom\s*${text}`, "g"),
    new RegExp(String.raw`(?<![.\w$])import\s*${text}`, "g"),
    new RegExp(String.raw`(?<![.\w$])import\s*\(\s*(?:${text}\s*[,)])?`, "g"),
    new RegExp(String.raw`\bnew\s+URL\s*\(\s*${text}\s*,\s*import\.meta\.url`, "g"),
  ];
  return forms
    .flatMap((form, index) =>
      [...code.matchAll(form)].map((match) => ({
        line: code.slice(0, match.index).split("\n").length,
        target: match[1] === undefined ? null : (strings[Number(match[1])] ?? null),
        byUrl: index === 3,
      })),
    )
    .filter(({ target, byUrl }) => !byUrl || /^\.{1,2}\/.*\.[cm]?[jt]s$/.test(target ?? ""))
    .map(({ line, target }) => ({ line, target }))
    .sort((a, b) => a.line - b.line);
}

/**
 * The code without comments, its string literals replaced by `"index"` into `strings`, templates and regular expressions
 * emptied but for the code in `${}`. Line breaks stay, so lines can be counted.
 */
export function maskText(source: string): { readonly code: string; readonly strings: readonly string[] } {
  const strings: string[] = [];
  /** Open braces since each `${` that is open. */
  const templates: number[] = [];
  let code = "";
  let at = 0;

  const breaks = (text: string): string => text.replace(/[^\n]/g, "");
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0] ?? source.slice(at, at + 1);
    at += found.length;
    return found;
  };
  const templateText = (): void => {
    const text = take(/(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{|$)/y);
    code += breaks(text);
    if (text.endsWith("${")) {
      templates.push(0);
      code += "(";
    } else code += '""';
  };

  while (at < source.length) {
    const two = source.slice(at, at + 2);
    const one = two[0] as string;
    if (two === "//") take(/\/\/[^\n]*/y);
    else if (two === "/*") code += ` ${breaks(take(/\/\*[^]*?(?:\*\/|$)/y))}`;
    else if (one === '"' || one === "'") {
      const literal = take(/(["'])(?:[^\\\n]|\\[^])*?(?:\1|$)/my);
      code += `"${strings.push(literal.slice(1, -1)) - 1}"${breaks(literal)}`;
    } else if (one === "`") {
      at++;
      templateText();
    } else if (one === "/" && mayStartExpression(code)) {
      take(/\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y);
      code += '""';
    } else {
      const depth = templates.length - 1;
      if (one === "{" && depth >= 0) templates[depth] = (templates[depth] as number) + 1;
      if (one === "}" && depth >= 0) {
        if (templates[depth] === 0) {
          templates.pop();
          code += ")";
          at++;
          templateText();
          continue;
        }
        templates[depth] = (templates[depth] as number) - 1;
      }
      code += one;
      at++;
    }
  }
  return { code, strings };
}

/** Whether a slash after this code starts a regular expression; else it divides. */
function mayStartExpression(code: string): boolean {
  return /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|await|yield))\s*$/.test(code.slice(-40));
}
