import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("disk-shim.c", import.meta.url));

/** A disk that can be told to fail, for processes that are started with it (see disk-shim.c). */
export interface FailingDisk {
  /** The environment of a process whose files in `folder`, which is there, lie on it. `fault` is KIND:N:ERRNO:MODE; changes go to `log`. */
  environment(folder: string, options?: { readonly fault?: string; readonly log?: string }): Record<string, string>;
  remove(): void;
}

/** Compiles the shim with cc; the reason where that can't be done. Elsewhere than on Linux nothing is preloaded. */
export function failingDisk(): FailingDisk | string {
  if (process.platform !== "linux") return "needs Linux, to preload a library";
  if (!("glibcVersionRuntime" in reportHeader())) return "needs glibc, whose calls the shim knows";
  const place = mkdtempSync(path.join(tmpdir(), "hpo-disk-"));
  const library = path.join(place, "disk-shim.so");
  const { status, stderr, error } = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], { encoding: "utf8" });
  const remove = (): void => rmSync(place, { recursive: true, force: true });
  if (status !== 0) {
    remove();
    if (error !== undefined) return "needs cc, to compile the shim of a failing disk";
    throw new Error(`The shim does not compile: ${stderr}`);
  }
  return {
    environment: (folder, { fault, log } = {}) => ({
      LD_PRELOAD: library,
      HPO_DISK_FOLDER: folder,
      ...(fault === undefined ? {} : { HPO_DISK_FAULT: fault }),
      ...(log === undefined ? {} : { HPO_DISK_LOG: log }),
    }),
    remove,
  };
}

function reportHeader(): object {
  return (process.report.getReport() as { readonly header: object }).header;
}
