import { PgBoss } from "pg-boss";
import type { Logger } from "#lib/log/log";

/** One queue a worker group: only its workers are woken. */
export function queueName(group: string): string {
  return `wake-${group}`;
}

/**
 * The queue that wakes workers. It never re-runs anything: `runs` is the truth, so a wake that expired, failed or got lost costs
 * one polling interval of the worker.
 */
export const wakeQueue = { retryLimit: 0, expireInSeconds: 60, retentionSeconds: 3_600, deleteAfterSeconds: 600, notify: true } as const;

/** Opens the queue on the catalogue, in a schema of its own. `listen` also tends it and hears new wakes at once. */
export async function openQueue(databaseUrl: string, options: { listen: boolean; logger?: Logger }): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    schema: "pgboss",
    application_name: "lifeboat-queue",
    max: 2,
    schedule: false,
    supervise: options.listen,
    useListenNotify: options.listen,
  });
  boss.on("error", (error) => options.logger?.warn("queue", { error }));
  boss.on("warning", (warning) => options.logger?.debug("queue", { warning: warning.message }));
  await boss.start();
  return boss;
}
