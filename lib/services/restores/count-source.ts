import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import type { RowCounts } from "#lib/engines/port";
import type { BackupFacts } from "../backups/facts.ts";
import type { RunWork } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { addressOf } from "../servers/address.ts";

/** What is still waited for after the server was reached; connecting has its own limit. */
const budgetMs = 6_000;
/** Whatever the source does, the preview has answered before its asker gives up after 20 seconds. */
const limitMs = 14_000;

const timeout = new LifeboatError("probe-timeout", { seconds: limitMs / 1000 });

export type SourceCounts = { readonly counts: RowCounts; readonly problem: null } | { readonly counts: null; readonly problem: Reason };

/** Rows that the backup's source has now. A source that cannot be asked gives the reason, never an error. */
export async function countSource(work: RunWork, facts: BackupFacts, signal: AbortSignal): Promise<SourceCounts> {
  const limit = AbortSignal.timeout(limitMs);
  const ended = AbortSignal.any([work.signal, signal, limit]);
  try {
    const counts = await before(count(work, facts, ended), ended);
    return { counts, problem: null };
  } catch (error) {
    const problem = limit.aborted ? timeout.reason : reasonOf(error);
    if (problem.code === "internal") work.deps.logger.warn("the rows of a source could not be counted", { runId: work.run.id, error });
    return { counts: null, problem };
  }
}

async function count({ db, deps, engineContext }: RunWork, { source, tables }: BackupFacts, signal: AbortSignal): Promise<RowCounts> {
  const context = { ...engineContext, signal };
  if (source.engine === "sqlite") return deps.files.countRows(source.path ?? "", context);
  const server = await getServerOrThrow(db, source.serverId);
  const address = addressOf(deps.context.keyring, server, "backup");
  return deps.engine.countRows(address, source.database, tables, { budgetMs }, context);
}

/** Gives up waiting, whether or not what is waited for listens to its signal. */
function before<T>(work: Promise<T>, ended: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(timeout);
    if (ended.aborted) giveUp();
    ended.addEventListener("abort", giveUp, { once: true });
    work.then(resolve, reject);
  });
}
