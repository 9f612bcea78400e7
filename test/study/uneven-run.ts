import { rng, type StudySpec } from "hpo";
import type { Store } from "#hpo/core/store";
import { Study } from "#hpo/study/study";
import type { StudyParts } from "#hpo/study/study-parts";
import { unevenExecutor } from "./uneven-executor.ts";

/** How a run over uneven slots goes. */
export interface Drive {
  readonly workers: number;
  /** Of the speeds of its tasks. */
  readonly luck: number;
  /** Called with the key of each task as it ends. */
  readonly onEnd?: (task: string) => void;
  /** Stop or cut off the run when so many tasks have ended. */
  readonly end?: { readonly after: number; readonly how: "stop" | "cut" };
}

interface UnevenStudy {
  readonly spec: StudySpec;
  readonly store: Store;
  readonly evaluation: StudyParts["evaluation"];
  readonly codeHash?: string;
}

/** One run of a stored study over slots whose speeds are drawn; returns the study's state. */
export async function unevenRun(
  { spec, store, evaluation, codeHash = "" }: UnevenStudy,
  { workers, luck, end, onEnd }: Drive,
): Promise<string> {
  const controller = new AbortController();
  let ended = 0;
  const study = new Study({
    spec,
    store,
    evaluation,
    executor: () =>
      unevenExecutor(workers, rng(luck), ({ key }) => {
        onEnd?.(key);
        if (++ended !== end?.after) return;
        if (end.how === "stop") study.stop();
        else controller.abort();
      }),
    codeHash,
    environment: {},
    trials: spec.trials,
    timeBudget: null,
    fit: null,
    writePauseMs: () => 0,
    ownsStore: false,
  });
  const { state } = await study.run({ signal: controller.signal });
  await study.close();
  return state;
}
