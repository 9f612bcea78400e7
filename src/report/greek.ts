import { plainText } from "./plain-text.ts";

const lower = [
  ..."alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho".split(" "),
  ..."sigma tau upsilon phi chi psi omega".split(" "),
];
const letters = "αβγδεζηθικλμνξοπρστυφχψω";
const capitals = "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(" ");
const capitalLetters = "ΓΔΘΛΞΠΣΦΨΩ";

const symbols: ReadonlyMap<string, string> = new Map([
  ...lower.map((name, i) => [name, letters[i] as string] as const),
  ...capitals.map((name, i) => [name, capitalLetters[i] as string] as const),
]);
const commands: ReadonlyMap<string, string> = new Map([...symbols].map(([name, symbol]) => [symbol, name]));

/** A parameter's name for people: `gamma` → γ, `lambda` → λ; any other name as it is, safe for a terminal. */
export function greek(name: string): string {
  return symbols.get(name) ?? plainText(name);
}

/** The LaTeX command of a Greek letter that has one (`γ` → `\gamma`). */
export function greekCommand(letter: string): string | undefined {
  const name = commands.get(letter);
  return name === undefined || name === "omicron" ? undefined : `\\${name}`;
}
