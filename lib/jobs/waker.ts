import type { PgBoss } from "pg-boss";
import type { Logger } from "#lib/log/log";
import { openQueue, queueName, wakeQueue } from "./queue.ts";

export type Waker = {
  /** Tells some worker of the group that a run is due. Never throws: workers also look for themselves. */
  readonly wake: (runId: string, group: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Opens the sending side. Throws when the catalogue cannot be reached. */
export async function createWaker(databaseUrl: string, logger?: Logger): Promise<Waker> {
  const boss = await openQueue(databaseUrl, { listen: false, ...(logger === undefined ? {} : { logger }) });
  return wakerOn(boss, logger);
}

/** The sending side of a queue that is open already. */
export function wakerOn(boss: PgBoss, logger?: Logger): Waker {
  const known = new Set<string>();
  return {
    wake: async (runId, group) => {
      try {
        const name = queueName(group);
        if (!known.has(name)) {
          await boss.createQueue(name, wakeQueue);
          known.add(name);
        }
        await boss.send(name, { runId });
      } catch (error) {
        logger?.warn("wake not sent; a worker finds the run when it looks next", { runId, group, error });
      }
    },
    stop: () => boss.stop({ graceful: false, close: true }),
  };
}
