import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Executor } from "#hpo/core/executor";
import { growTo, sharedMemory } from "#hpo/core/shared-memory";
import { type ProcessExecutorOptions, processExecutor } from "#hpo/workers/process-executor";
import { noMarks, processMark } from "../chaos/marked-processes.ts";
import { describeExecutorContract } from "../contract/executor-contract.ts";
import { incidentIn, newGate, testTask, valueIn } from "./test-task.ts";

describeExecutorContract("processes", (settings) => processExecutor(settings), {
  skips: { "shares memory": "needs memory that is shared with the task" },
});

function make(options: Partial<ProcessExecutorOptions> = {}): Executor {
  const executor = processExecutor({ slots: 1, graceSeconds: 0.05, ...options });
  onTestFinished(() => executor.close());
  return executor;
}

/** Whether a process ends; one that only waits for somebody to count it has. */
async function ended(pid: number): Promise<boolean> {
  for (let left = 600; left > 0; left--) {
    try {
      process.kill(pid, 0);
      if (existsSync("/proc/self/stat") && /\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"))) return true;
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

describe("processExecutor", () => {
  it("refuses wrong options in one sentence", () => {
    expect(() => processExecutor({ slots: 0 })).toThrow("processExecutor(): slots must be an integer from 1 to 1024; got 0.");
    expect(() => processExecutor({ slots: 1, taskBytes: 0 })).toThrow("taskBytes must be a finite number above 0; got 0.");
  });

  it("contains native crashes, signals and allocations beyond the heap, and goes on in a new process", async () => {
    const executor = make({ memoryMegabytes: 64, onOutput: () => undefined });
    const deaths: [task: string, input: unknown, kind: string, message: RegExp][] = [
      ["kills", "SIGSEGV", "crash", /^The task's process crashed, as native code does \(SIGSEGV\)\.$/],
      ["kills", "SIGKILL", "crash", /^The task's process was killed \(SIGKILL\)/],
      ["hugeArray", null, "out-of-memory", /^The worker's JavaScript heap reached its memory limit\.$/],
    ];
    for (const [task, input, kind, message] of deaths) {
      const incident = incidentIn(await executor.run(testTask("breakers", task, { input })));
      expect(incident.kind).toBe(kind);
      expect(incident.message).toMatch(message);
      expect(valueIn(await executor.run(testTask("answers", "callCount")))).toBe(1);
    }
  });

  it("takes no notice of the signals that end a coordinator", async () => {
    const executor = make();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
      expect(valueIn(await executor.run(testTask("breakers", "kills", { input: signal })))).toBe(true);
    expect(valueIn(await executor.run(testTask("answers", "callCount")))).toBe(1);
  });

  it("cuts off a task that takes more memory than it may, and says how much", async () => {
    const executor = make({ taskBytes: 200e6 });
    const incident = incidentIn(await executor.run(testTask("breakers", "fillNative")));
    expect(incident.kind).toBe("out-of-memory");
    const [, taken] =
      /^The task was cut off at its memory limit of 200 MB: it took (\d+) MB more than its process had when it began\.$/.exec(
        incident.message,
      ) ?? [];
    expect(Number(taken)).toBeGreaterThan(200);
    expect(valueIn(await executor.run(testTask("answers", "callCount")))).toBe(1);
  });

  it("charges no task for memory that those before it left behind", async () => {
    const executor = make({ taskBytes: 150e6 });
    for (let run = 0; run < 4; run++) expect(valueIn(await executor.run(testTask("breakers", "leaks", { input: 60 })))).toBeLessThan(3);
  });

  it("ends a native call that threads could only give up", async () => {
    const executor = make();
    const result = await executor.run(testTask("breakers", "nativeForever", { timeoutSeconds: 0.1 }));
    expect(incidentIn(result).kind).toBe("timeout");
    expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
  });

  it("contains a task that breaks the connection, and hears nothing that it forges", async () => {
    const executor = make({ onOutput: () => undefined });
    expect(incidentIn(await executor.run(testTask("breakers", "closesFiles"))).kind).toBe("crash");
    expect(valueIn(await executor.run(testTask("breakers", "forgesCopies")))).toBe("honest");
    expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
  });

  it("does not wait for processes that left the group and hold its pipes", async () => {
    const executor = make();
    const left = valueIn(await executor.run(testTask("breakers", "leavesGroup"))) as number;
    await executor.close();
    expect(() => process.kill(left, 0)).not.toThrow();
    process.kill(left, "SIGKILL");
  });

  it("ends what a task started together with its process", async () => {
    const executor = make();
    const left = valueIn(await executor.run(testTask("breakers", "leavesProcess"))) as number;
    const { gate: file } = newGate();
    const input = { signal: "SIGSEGV", file };
    expect(incidentIn(await executor.run(testTask("breakers", "leavesProcessAndDies", { input }))).kind).toBe("crash");
    expect(await ended(Number(readFileSync(file, "utf8")))).toBe(true);
    expect(await ended(left)).toBe(true);
    const last = valueIn(await executor.run(testTask("breakers", "leavesProcess"))) as number;
    await executor.close();
    expect(await ended(last)).toBe(true);
  });

  it("hears what native code and processes of the task write", async () => {
    const heard: unknown[] = [];
    const executor = make({ onOutput: (text, slot, key) => heard.push([text, slot, key]) });
    await executor.run(testTask("breakers", "writesPast", { input: { own: "past Node ü\n", child: "from a child" }, key: "trial 3" }));
    expect(heard).toEqual([
      ["past Node ü\n", 0, "trial 3"],
      ["from a child", 0, "trial 3"],
    ]);
  });

  it("copies shared memory once to each process, as far as its arrays reach", async () => {
    const executor = make();
    const memory = sharedMemory(4e6);
    const values = new Float64Array(memory.buffer, 64, 400_000);
    for (let at = 0; at < values.length; at++) values[at] = at;
    // As a solver's arena makes it grow, behind the data; arrays that were made before are of the old buffer.
    growTo(memory, 1e9);
    const shared = { id: "data", value: { values, memory, first: new Float64Array(memory.buffer, 64, 1) } };
    const seen = valueIn(await executor.run(testTask("answers", "describeShared", { shared }))) as Record<string, unknown>;
    expect(seen).toEqual({ pages: 49, sum: (399_999 * 400_000) / 2, same: true, isMemory: true });
    expect(valueIn(await executor.run(testTask("answers", "writeShared", { shared, input: 7 })))).toBe(7);
    // What the slot has is its own.
    expect(values[0]).toBe(0);
    expect(valueIn(await executor.run(testTask("answers", "readShared", { shared })))).toBe(7);
  });

  it("runs tasks that work in this process's memory in threads of it", async () => {
    const executor = make();
    const shared = { id: "cell", value: new Int32Array(new SharedArrayBuffer(4)) };
    const pids = new Set<unknown>();
    for (let run = 0; run < 3; run++) {
      await executor.run(testTask("answers", "addToShared", { input: 5, shared, inside: true }));
      pids.add(valueIn(await executor.run(testTask("answers", "processNumber", { inside: true }))));
      pids.add(valueIn(await executor.run(testTask("answers", "processNumber"))));
    }
    expect(shared.value[0]).toBe(15);
    expect(pids.size).toBe(2);
    expect(pids.has(process.pid)).toBe(true);
  });

  describe("and the coordinator's end", () => {
    const moduleOf = (name: string): string => new URL(`./tasks/${name}.mjs`, import.meta.url).href;
    const head = `
      import { processExecutor } from ${JSON.stringify(fileURLToPath(new URL("../../dist/workers/process-executor.js", import.meta.url)))};
      const executor = processExecutor({ slots: 4 });
      const modules = ${JSON.stringify({ answers: moduleOf("answers"), breakers: moduleOf("breakers") })};
      const task = (module, name, input) => ({ key: name, label: name, module: modules[module], export: name, input, shared: null, priority: 0, timeoutSeconds: null });`;

    it("leaves no process behind, whatever the tasks do", async (context) => {
      context.skip(noMarks !== undefined, noMarks);
      const mark = processMark();
      const script = `${head}
        let waiting = 4;
        const told = { onMessage: () => --waiting === 0 && process.stdout.write("all run") };
        await executor.run(task("breakers", "leavesProcess"));
        for (const name of ["loop", "waitsForever", "nativeForever", "wasmLoop"]) executor.run(task("breakers", name), told);`;
      const coordinator = spawn(process.execPath, ["--input-type=module", "-e", script], {
        env: { ...process.env, ...mark.environment },
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(coordinator.stdout, "data");
      expect(mark.living().length).toBeGreaterThanOrEqual(6);
      coordinator.kill("SIGKILL");
      expect(await mark.gone()).toEqual([]);
    });

    it("is seen by a process that has only begun to start", async () => {
      const entry = fileURLToPath(new URL("../../dist/workers/process-entry.js", import.meta.url));
      const data = { slot: 0, outputLength: 1, memoryMegabytes: null, taskBytes: null };
      const child = fork(entry, [JSON.stringify(data)], { detached: true, serialization: "advanced", execArgv: [] });
      child.disconnect();
      expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    });

    it("comes when no task runs", async () => {
      const script = `${head}
        executor.run(task("answers", "rest", 50)).then((result) => process.stdout.write(JSON.stringify(result.ok)));`;
      const coordinator = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
      let heard = "";
      coordinator.stdout.on("data", (chunk) => (heard += chunk));
      await once(coordinator, "close");
      expect(heard).toBe("true");
    });
  });
});
