import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach } from "vitest";
import { type LoadedStudy, loadStudy } from "#hpo/loader/load-study";

/** A folder of its own for each test of a file, outside the checkout, with a name that is hard on paths. */
export interface StudyFolder {
  readonly path: string;
  /** Writes files into the folder; returns the path of the first. */
  write(files: Readonly<Record<string, string>>): string;
  /** Writes files and loads the first. */
  load(files: Readonly<Record<string, string>>): Promise<LoadedStudy & { readonly spec: Readonly<Record<string, unknown>> }>;
}

export function studyFolder(): StudyFolder {
  let folder = "";
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "hpo loader (1) ")));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const write: StudyFolder["write"] = (files) => {
    const paths = Object.entries(files).map(([name, content]) => {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    });
    return paths[0] ?? folder;
  };
  return {
    get path() {
      return folder;
    },
    write,
    load: async (files) => (await loadStudy(write(files))) as never,
  };
}
