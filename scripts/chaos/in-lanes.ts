import { availableParallelism } from "node:os";

/**
 * Does the work of each item, as many at a time as there are cores, and gives the answers in the items' order, whichever ended first. For work whose time is
 * not measured. Where one fails, no other is begun, and it is told once those under way have ended.
 */
export async function inLanes<Item, Answer>(items: readonly Item[], work: (item: Item, at: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      try {
        answers[at] = await work(items[at] as Item, at);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  for (const end of await Promise.allSettled(Array.from({ length: availableParallelism() }, lane))) {
    if (end.status === "rejected") throw end.reason;
  }
  return answers;
}
