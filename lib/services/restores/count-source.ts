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

export type SourceCounts = { readonly counts: RowCounts; readonly problem: null } | { readonly counts: null; readonly problem: Reason };

/** Rows that the backup's source has now. A source that cannot be asked gives the reason, never an error. */
export async function countSource(work: RunWork, facts: BackupFacts, signal: AbortSignal): Promise<SourceCounts> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    const counts = await before(count(work, facts, AbortSignal.any([signal, limit])), limit);
    return { counts, problem: null };
  } catch (error) {
    work.signal.throwIfAborted();
    return { counts: null, problem: limit.aborted ? { code: "probe-timeout", params: { seconds: limitMs / 1000 } } : reasonOf(error) };
  }
}

async function count({ db, deps, engineContext }: RunWork, facts: BackupFacts, signal: AbortSignal): Promise<RowCounts> {
  const server = await getServerOrThrow(db, facts.source.serverId);
  const address = addressOf(deps.context.keyring, server, "backup");
  return deps.engine.countRows(address, facts.source.database, facts.tables, { budgetMs }, { ...engineContext, signal });
}

/** Gives up waiting, whether or not what is waited for listens to its signal. */
function before<T>(work: Promise<T>, limit: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    limit.addEventListener("abort", () => reject(new LifeboatError("probe-timeout", { seconds: limitMs / 1000 })), { once: true });
    work.then(resolve, reject);
  });
}
