import { setTimeout as delay } from "node:timers/promises";
import type { Station } from "./station.ts";

/** Times of one run as its user sees them, in seconds. */
export type RunTimes = { readonly seconds: number; readonly steps: Readonly<Record<string, number>>; readonly backupId: string };

const pollMs = 10;

/** Asks for work and waits for its end. Throws when the run did not succeed. */
export async function timeRun(station: Station, ask: () => Promise<{ id: string }>): Promise<RunTimes> {
  const startedMs = performance.now();
  const { id } = await ask();
  for (;;) {
    const [row] = await station.catalogue.sql<{ state: string; error: unknown; backupId: string }[]>`
      select state, error, backup_id as "backupId" from lifeboat.runs where id = ${id}`;
    if (row?.state === "succeeded") {
      const seconds = (performance.now() - startedMs) / 1000;
      return { seconds, steps: await stepsOf(station, id), backupId: row.backupId };
    }
    if (row?.state !== "queued" && row?.state !== "running") throw new Error(`the run ${row?.state}: ${JSON.stringify(row?.error)}`);
    await delay(pollMs);
  }
}

async function stepsOf({ catalogue: { sql } }: Station, runId: string): Promise<Record<string, number>> {
  const rows = await sql<{ code: string; seconds: number }[]>`
    select code, coalesce(extract(epoch from finished_at - started_at), 0)::float8 as seconds from lifeboat.run_steps where run_id = ${runId}`;
  return Object.fromEntries(rows.map(({ code, seconds }) => [code, seconds]));
}
