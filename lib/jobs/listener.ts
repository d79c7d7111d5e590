import type { PgBoss } from "pg-boss";
import { queueName, wakeQueue } from "./queue.ts";

/** Calls `onWake` for every wake of the group; the wake itself is done with once it was heard. */
export async function listenForWakes(boss: PgBoss, group: string, onWake: () => void): Promise<void> {
  const name = queueName(group);
  await boss.createQueue(name, wakeQueue);
  await boss.work(name, { pollingIntervalSeconds: 2, batchSize: 20 }, () => {
    onWake();
    return Promise.resolve();
  });
}
