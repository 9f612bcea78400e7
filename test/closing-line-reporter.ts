import type { Reporter, TestCase, TestModule } from "vitest/node";

/**
 * Ends a run with what was skipped and why, and `N passed, N failed, N skipped` as the last line. A test gives its reason
 * with `context.skip(condition, reason)`, or in brackets at the end of its name or its suite's: `(needs …)`.
 */
export function closingLineReporter(write: (text: string) => void = (text) => void process.stdout.write(text)): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const skipped = tests.filter((test) => test.result().state === "skipped");
      const passed = tests.filter((test) => test.result().state === "passed").length;
      const failed = tests.length - passed - skipped.length + modules.filter(failedByItself).length + unhandledErrors.length;
      write(`\n${skipReport(skipped)}${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
    },
  };
}

/** A file that failed without a failed test: it can't be imported, or a hook threw. */
function failedByItself(module: TestModule): boolean {
  return module.state() === "failed" && [...module.children.allTests("failed")].length === 0;
}

function skipReport(tests: readonly TestCase[]): string {
  const byReason = new Map<string, string[]>();
  for (const test of tests) {
    const reason = skipReason(test);
    byReason.set(reason, [...(byReason.get(reason) ?? []), `    ${test.module.relativeModuleId} › ${test.fullName}\n`]);
  }
  return [...byReason].map(([reason, names]) => `  ${names.length} skipped: ${reason}\n${names.join("")}`).join("");
}

function skipReason(test: TestCase): string {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  return note ?? /\((needs [^()]+)\)/.exec(test.fullName)?.[1] ?? (test.options.mode === "todo" ? "not written yet" : "no reason given");
}
