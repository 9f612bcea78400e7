import type { RunProgress, StudySnapshot, StudySummary } from "../core/snapshot.ts";
import type { StudySpec } from "../core/study-spec.ts";

/** What the programs use of the public interface. It is loaded when a command needs it, so that `--help` is quick. */
export interface Engine {
  openStudy(file: string, options: OpenOptions): Promise<Study>;
  listStudies(options: { readonly database: string }): Promise<readonly StudySummary[]>;
  readStudy(name: string, options: { readonly database: string }): Promise<StudySnapshot>;
}

export interface OpenOptions {
  readonly database?: string;
  readonly fork?: string;
  readonly fresh?: boolean;
  readonly acceptCode?: boolean;
  readonly seed?: number;
  readonly trials?: number;
  readonly timeBudgetSeconds?: number;
}

export interface Study {
  readonly name: string;
  readonly spec: StudySpec;
  run(options: {
    readonly workers?: number;
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: RunProgress) => void;
    readonly progressIntervalSeconds?: number;
  }): Promise<StudySnapshot>;
  stop(): void;
  snapshot(): StudySnapshot;
  close(): Promise<void>;
}

export async function engine(): Promise<Engine> {
  return (await import("../index.ts")) as unknown as Engine;
}
