import type { Batch } from "#hpo/core/store";

/** The batches of one row each that a batch is made of, in the order in which a batch is stored. */
export function oneByOne(batch: Batch): Batch[] {
  const order = ["trials", "started", "shared", "evaluations", "predictions", "outcomes", "attempts", "logs"] as const;
  const rows = order.flatMap((kind) => (batch[kind] ?? []).map((row): Batch => ({ [kind]: [row] })));
  const { run, finishedGroups, dropped } = batch;
  return [
    ...rows,
    ...(dropped ?? []).map((one): Batch => ({ dropped: [one] })),
    ...(run === undefined ? [] : [{ run }]),
    ...(finishedGroups === undefined ? [] : [{ finishedGroups }]),
  ];
}
