import type { Database } from "better-sqlite3";
import type { Incident } from "../../core/executor.ts";
import type { ReportedSteps } from "../../core/pruner.ts";
import type {
  AttemptRecord,
  EvaluationRecord,
  ModelRecord,
  OutcomeRecord,
  PredictionRecord,
  RunEnd,
  RunRecord,
} from "../../core/records.ts";
import type { Gradient } from "../../core/space.ts";
import type { SavedStudy } from "../../core/store.ts";
import { storedNumbers, storedParams, storedPlain, storedTexts } from "../stored-shapes.ts";
import type { SharedPiece, StoredTrial, TrialTotals } from "../study-picture.ts";
import { eachRow } from "./each-row.ts";
import { gradientReader } from "./gradient-reader.ts";
import { predictionReader } from "./prediction-reader.ts";
import { readNumber, readNumberOrNull } from "./stored-number.ts";
import { readParent } from "./stored-parent.ts";

/** Rows of one study as records. Several reads are consistent inside one transaction only. */
interface StudyReader {
  /** By number; what was reported stays unread. */
  trials(study: number): StoredTrial[];
  /** By trial. */
  reports(study: number): Map<number, ReportedSteps>;
  /** Of outcomes, by trial. */
  gradients(study: number): Map<number, Record<string, Gradient>>;
  totals(study: number): Map<number, TrialTotals>;
  shared(study: number): SharedPiece[];
  /** By group and key. */
  parts(study: number): SavedStudy["parts"][number][];
  /** In the order in which they were stored. */
  attempts(study: number): AttemptRecord[];
  runs(study: number): RunRecord[];
  /** By repeat, fold, rung. */
  evaluations(study: number, trial: number): EvaluationRecord[];
  predictions(study: number, trial: number): PredictionRecord[];
  model(study: number): ModelRecord | undefined;
}

type Real = number | string;
type IncidentColumns = [kind: Incident["kind"] | null, message: string, code: string | null, stack: string | null];

/** Prepares every statement once. */
export function studyReader(db: Database): StudyReader {
  const select = <T extends unknown[]>(sql: string) => db.prepare<number[], T>(sql).raw();

  const metricRows = select<[number, string]>("SELECT metric, name FROM metrics WHERE study = ? ORDER BY metric");
  const trialRows = select<
    [
      number,
      number,
      string,
      string,
      string,
      number | null,
      Real | null,
      string | null,
      string,
      string | null,
      OutcomeRecord["state"] | null,
      string,
    ]
  >(
    `SELECT t.trial, plan_group, params, proposer, reason, parent, budget, note, proposed_at, started_at, state, ended_at
     FROM trials t LEFT JOIN outcomes o ON o.study = t.study AND o.trial = t.trial WHERE t.study = ? ORDER BY t.trial`,
  );
  const incidentRows = select<[number, ...IncidentColumns]>(
    `SELECT trial, incident_kind, incident_message, incident_code, incident_stack
     FROM outcomes WHERE study = ? AND incident_kind IS NOT NULL ORDER BY trial`,
  );
  const valueRows = select<[number, number, Real, Real | null, Real | null]>(
    "SELECT trial, metric, value, standard_error, pooled FROM outcome_values WHERE study = ? ORDER BY trial, metric",
  );
  const totalRows = select<[number, number, number, number | null, number, number | null, number]>(
    `SELECT trial, count(*), sum(test_rows), iif(count(correct) = count(*), sum(correct), NULL), sum(wall_seconds),
       iif(count(cpu_seconds) = count(*), sum(cpu_seconds), NULL), sum(identical)
     FROM evaluations WHERE study = ? GROUP BY trial`,
  );
  const sharedRows = select<[number, number, string, number, string, number, number | null, string, string]>(
    `SELECT work, plan_group, key, occurrence, label, wall_seconds, cpu_seconds, counts, warnings
     FROM shared_work WHERE study = ? ORDER BY work`,
  );
  const useRows = select<[number, number]>("SELECT work, trial FROM shared_uses WHERE study = ? ORDER BY work, trial");
  const partRows = select<[number, string, Buffer]>(
    "SELECT plan_group, key, bytes FROM shared_work JOIN shared_bytes USING (work) WHERE study = ? ORDER BY plan_group, key",
  );
  const attemptRows = select<[number, string, number, number, string, string, ...IncidentColumns]>(
    `SELECT id, task, attempt, wall_seconds, code_hash, ended_at, incident_kind, incident_message, incident_code, incident_stack
     FROM attempts WHERE study = ? ORDER BY id`,
  );
  const attemptTrialRows = select<[number, number]>(
    "SELECT attempt_id, trial FROM attempt_trials WHERE study = ? ORDER BY attempt_id, trial",
  );
  const stepRows = select<[number, number, Real]>("SELECT trial, step, value FROM steps WHERE study = ? ORDER BY trial, step");
  const runRows = select<
    [string, string, string | null, RunRecord["state"], number, number, string, string, string, RunEnd["by"] | null, string]
  >(
    `SELECT id, started_at, ended_at, state, wall_seconds, workers, code_hash, content, notes, end_by, end_reason
     FROM runs JOIN environments USING (environment) WHERE study = ? ORDER BY run`,
  );
  const evaluationRows = select<
    [number, number, number, number, number | null, number, number, number, number | null, number, string, string]
  >(
    `SELECT repeat, fold, rung, test_rows, correct, fit_seconds, predict_seconds, wall_seconds, cpu_seconds, identical, started_at, ended_at
     FROM evaluations WHERE study = ? AND trial = ? ORDER BY repeat, fold, rung`,
  );
  const scoreRows = select<[number, number, number, number, Real]>(
    "SELECT repeat, fold, rung, metric, value FROM evaluation_scores WHERE study = ? AND trial = ? ORDER BY repeat, fold, rung, metric",
  );
  const modelRow = select<[number, string]>("SELECT trial, json FROM models WHERE study = ?");
  const gradients = gradientReader(db);
  const metricNames = (study: number): string[] => metricRows.all(study).map(([, name]) => name);

  /** The values of one trial after another: ask in the order of their numbers, then `close`. */
  function outcomeValues(study: number): { of(trial: number): OutcomeRecord["values"]; close(): void } {
    const names = metricNames(study);
    const rows = eachRow(valueRows, study);
    let next = rows.next();
    return {
      of(trial) {
        const values: [string, OutcomeRecord["values"][string]][] = [];
        while (next.done !== true && next.value[0] === trial) {
          const [, metric, value, standardError, pooled] = next.value;
          values.push([
            names[metric] ?? "",
            { value: readNumber(value), standardError: readNumberOrNull(standardError), pooled: readNumberOrNull(pooled) },
          ]);
          next = rows.next();
        }
        return Object.fromEntries(values);
      },
      close: () => void rows.return(),
    };
  }

  return {
    trials(study) {
      const incidents = new Map(incidentRows.all(study).map(([trial, ...columns]) => [trial, readIncident(columns)]));
      const values = outcomeValues(study);
      const trials: StoredTrial[] = [];
      try {
        // Row by row: a hundred thousand rows at once would outlive the young generation.
        for (const row of eachRow(trialRows, study)) {
          const [number, group, params, by, why, parent, budget, note, proposedAt, startedAt, state, endedAt] = row;
          const record = {
            number,
            group,
            params: storedParams(params, number),
            by,
            why,
            ...readParent(parent),
            budget: readNumberOrNull(budget),
            note,
            proposedAt,
          };
          const outcome =
            state === null ? null : { trial: number, state, values: values.of(number), incident: incidents.get(number) ?? null, endedAt };
          trials.push({ record, startedAt, outcome });
        }
      } finally {
        // Else nothing else can be done with the connection, not even to close it.
        values.close();
      }
      return trials;
    },

    reports(study) {
      const reports = new Map<number, { steps: number[]; values: number[] }>();
      for (const [trial, step, value] of stepRows.all(study)) {
        let report = reports.get(trial);
        if (report === undefined) reports.set(trial, (report = { steps: [], values: [] }));
        report.steps.push(step);
        report.values.push(readNumber(value));
      }
      return reports;
    },

    gradients: (study) => gradients.ofOutcomes(study, metricNames(study)),

    totals(study) {
      const totals = new Map<number, TrialTotals>();
      for (const [trial, folds, testRows, correct, wallSeconds, cpuSeconds, identical] of eachRow(totalRows, study)) {
        totals.set(trial, { folds, testRows, correct, wallSeconds, cpuSeconds, identical });
      }
      return totals;
    },

    shared(study) {
      const uses = grouped(useRows.all(study));
      return sharedRows.all(study).map(([work, group, key, occurrence, label, wallSeconds, cpuSeconds, counts, warnings]) => ({
        group,
        key,
        occurrence,
        label,
        wallSeconds,
        cpuSeconds,
        counts: storedNumbers(counts, "the counts of shared work"),
        warnings: storedTexts(warnings, "the warnings of shared work"),
        trials: uses.get(work) ?? [],
      }));
    },

    // Each Buffer has an ArrayBuffer of its own: a view of it is enough, and a resumed table may have hundreds of megabytes.
    parts: (study) =>
      partRows.all(study).map(([group, key, { buffer, length }]) => ({ group, key, bytes: new Uint8Array(buffer, 0, length) })),

    attempts(study) {
      const trials = grouped(attemptTrialRows.all(study));
      return attemptRows.all(study).map(([id, task, attempt, wallSeconds, codeHash, endedAt, ...incident]) => ({
        task,
        trials: trials.get(id) ?? [],
        attempt,
        incident: readIncident(incident) as Incident,
        wallSeconds,
        codeHash,
        endedAt,
      }));
    },

    runs: (study) =>
      runRows.all(study).map(([id, startedAt, endedAt, state, wallSeconds, workers, codeHash, environment, notes, by, reason]) => ({
        id,
        startedAt,
        endedAt,
        state,
        end: by === null || reason === null ? null : { by, reason },
        wallSeconds,
        workers,
        codeHash,
        environment: storedPlain(environment, "the environment of a run"),
        notes: storedTexts(notes, "the notes of a run"),
      })),

    evaluations(study, trial) {
      const rows = evaluationRows.all(study, trial);
      if (rows.length === 0) return [];
      const names = metricNames(study);
      const scores = new Map<string, [string, number][]>();
      for (const [repeat, fold, rung, metric, value] of scoreRows.all(study, trial)) {
        append(scores, `${repeat}/${fold}/${rung}`, [names[metric] ?? "", readNumber(value)]);
      }
      const gradientOf = gradients.ofFolds(study, trial, names);
      return rows.map((row) => {
        const [repeat, fold, rung, testRows, correct, fitSeconds, predictSeconds, wallSeconds, cpuSeconds, identical, startedAt, endedAt] =
          row;
        return {
          trial,
          repeat,
          fold,
          rung,
          values: Object.fromEntries(scores.get(`${repeat}/${fold}/${rung}`) ?? []),
          ...gradientOf(repeat, fold, rung),
          testRows,
          correct,
          time: { fitSeconds, predictSeconds, wallSeconds, cpuSeconds },
          identical: identical === 1,
          startedAt,
          endedAt,
        };
      });
    },

    predictions: predictionReader(db),

    model(study) {
      const found = modelRow.get(study);
      return found === undefined ? undefined : { trial: found[0], json: found[1] };
    },
  };
}

function readIncident([kind, message, code, stack]: IncidentColumns): Incident | null {
  return kind === null ? null : { kind, message, code, stack };
}

/** Second entries by first. */
function grouped(pairs: readonly (readonly [number, number])[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const [key, value] of pairs) append(groups, key, value);
  return groups;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
