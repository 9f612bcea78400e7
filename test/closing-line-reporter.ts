import { stripVTControlCharacters } from "node:util";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

/**
 * Ends a run with what was skipped and why, what failed and why, and `N passed, N failed, N skipped` as the last line: where only the
 * end of the output is kept, it tells what to do. A test gives its reason to be skipped with `context.skip(condition, reason)`, or in
 * brackets at the end of its name or its suite's: `(needs …)`.
 */
export function closingLineReporter(write: (text: string) => void = (text) => void process.stdout.write(text)): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const skipped = tests.filter((test) => test.result().state === "skipped");
      const passed = tests.filter((test) => test.result().state === "passed").length;
      const failures = [...modules.flatMap(failuresOf), ...unhandledErrors.map((error) => `between tests${told([error])}`)];
      const closing = `${passed} passed, ${failures.length} failed, ${skipped.length} skipped\n`;
      write(`\n${skipReport(skipped)}${failures.map((one) => `  failed: ${one}\n`).join("")}${closing}`);
    },
  };
}

/** Its failed tests, and itself and its suites where they failed by themselves: it can't be imported, or a hook threw. */
function failuresOf(module: TestModule): string[] {
  const own = module.errors().length === 0 ? [] : [`${module.relativeModuleId}${told(module.errors())}`];
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  // Also what never came to an end.
  const tests = [...module.children.allTests()].filter((test) => !["passed", "skipped"].includes(test.result().state));
  const name = (one: TestCase | TestSuite): string => `${module.relativeModuleId} › ${one.fullName}`;
  return [
    ...own,
    ...suites.map((suite) => `${name(suite)}${told(suite.errors())}`),
    ...tests.map((test) => `${name(test)}${told(test.result().errors ?? [])}`),
  ];
}

/** The beginning of the first error, on a line of its own. */
function told(errors: readonly { readonly message: string }[]): string {
  const [first] = errors;
  return first === undefined ? "" : `\n    ${stripVTControlCharacters(first.message).replaceAll(/\s+/g, " ").slice(0, 500)}`;
}

function skipReport(tests: readonly TestCase[]): string {
  const byReason = new Map<string, string[]>();
  for (const test of tests) {
    const reason = skipReason(test);
    byReason.set(reason, [...(byReason.get(reason) ?? []), `    ${test.module.relativeModuleId} › ${test.fullName}\n`]);
  }
  return [...byReason]
    .map(([reason, names]) => `  ${names.length} skipped: ${reason}\n${reason === suiteFailed ? "" : names.join("")}`)
    .join("");
}

const suiteFailed = "their suite failed before them";

function skipReason(test: TestCase): string {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  if (note !== undefined) return note;
  for (let above: TestCase["parent"] = test.parent; ; above = above.parent) {
    if (above.errors().length > 0) return suiteFailed;
    if (above.type === "module") break;
  }
  return /\((needs [^()]+)\)/.exec(test.fullName)?.[1] ?? (test.options.mode === "todo" ? "not written yet" : "no reason given");
}
