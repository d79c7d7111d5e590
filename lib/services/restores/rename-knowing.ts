import { reasonOf } from "#lib/domain/error";
import type { CommitGuard, ServerAddress } from "#lib/engines/port";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";

/** Asking who has a name takes one short query; a stopping worker has ten seconds for everything. */
const askMs = 5_000;

/**
 * Renames databases and knows the end: after an error (a connection lost during the commit, a cancel) the server is asked which
 * database has the name. When it is `expected` all renames were done. They are committed under a lock of the run's row: the target gives
 * a stopped worker's renames up before the catalogue gives up that lock, so that nobody can take the run while they may still come. Throws the error otherwise, and when the server does not answer.
 * Gives the number of sessions that were ended.
 */
export async function renameKnowing(
  work: RunWork,
  address: ServerAddress,
  expected: { database: string; oid: number },
  renames: readonly { oid: number; from: string; to: string }[],
): Promise<number> {
  const { engine } = work.deps;
  const guard: CommitGuard = (commit) =>
    work.db.transaction(async (tx) => {
      await assertLease(tx, work.lease);
      await commit();
    });
  try {
    return (await engine.renameDatabases(address, renames, work.engineContext, guard)).sessionsEnded;
  } catch (error) {
    const context = { ...work.engineContext, signal: AbortSignal.timeout(askMs) };
    const ids = await engine.databaseIds(address, [expected.database], context).catch(() => new Map<string, number>());
    if (ids.get(expected.database) !== expected.oid) throw error;
    work.reporter.log("warning", `the answer to the renames was lost (${reasonOf(error).code}), but they were done`);
    return 0;
  }
}
