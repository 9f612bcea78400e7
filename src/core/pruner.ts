import type { Json } from "./json.ts";
import type { Direction } from "./metric.ts";

/** What a trial reported of the first objective: values at ascending steps, as many of one as of the other. */
export interface ReportedSteps {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** A visible trial, as far as it had come at the step that is judged. */
export interface ReportedTrial extends ReportedSteps {
  readonly number: number;
  readonly state: "complete" | "pruned" | "failed";
  /** What it was judged at in the end; null unless it is complete. */
  readonly value: number | null;
}

/** All that a verdict may depend on. It lasts for the call only: arrays go on growing from step to step. */
export interface PrunerView extends ReportedSteps {
  /** The trial that is judged; its last step is the one that was just reported. */
  readonly number: number;
  readonly direction: Direction;
  /** Trials 0 … number − lookahead, by number, with what they reported up to this step and nothing of later ones. */
  readonly history: readonly ReportedTrial[];
}

/**
 * Says at each reported step whether a trial is worth going on with: a pure function of what is stored, so that the verdict is the same for any
 * number of workers, any speeds and after a resume.
 */
export interface Pruner {
  readonly name: string;
  /** Plain data; part of the study's fingerprint. */
  readonly options: Readonly<Record<string, Json>>;
  /** Why the trial stops here, in a sentence for people without its full stop; undefined = it goes on. */
  verdict(view: PrunerView): string | undefined;
}
