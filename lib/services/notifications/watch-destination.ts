import { and, eq, gt, isNull } from "drizzle-orm";
import { setTimeout as delay } from "node:timers/promises";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { destinations } from "#lib/db/schema/destinations";
import { installation } from "#lib/db/schema/installation";
import { workers } from "#lib/db/schema/workers";
import { withReason } from "#lib/domain/alert-params";
import { LifeboatError, type Params, reasonOf, type Reason } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import type { WorkerDestination } from "../runs/work.ts";
import { isUsed } from "../storage/is-used.ts";
import { loadWorkers } from "../system/workers.ts";
import { openAlert, resolveAlert } from "./alerts.ts";

const code = "destination-unreachable";
/** A folder of a server that is gone answers never. Milliseconds. */
const patienceMs = 30_000;
/** A host whose workers were silent for this long is gone. Milliseconds. */
const goneAfterMs = 10 * 60_000;

/**
 * Looks whether this worker still sees its destination, by the marker that lies there, and opens or ends the alert. Before anything was stored there is
 * nothing to miss. Nothing is made: a disk that is not mounted is no empty destination. Containers may share a host's name: the alert of a name is over when
 * every worker that missed the destination sees it, or is gone.
 */
export async function watchDestination(
  context: ServiceContext,
  { destination, hostName, workerId }: { destination: WorkerDestination; hostName: string; workerId: string },
): Promise<void> {
  const { db } = context;
  const [used, [row], [own]] = await Promise.all([
    isUsed(db, destination.id),
    db.select({ name: destinations.name }).from(destinations).where(eq(destinations.id, destination.id)),
    db.select({ id: installation.id }).from(installation).limit(1),
  ]);
  if (!used || own === undefined) return;
  const reason = await whyNot(destination, own.id);
  const subject = `${destination.id}:${hostName}`;
  await db.transaction(async (tx) => {
    const [open] = await tx
      .select({ id: alerts.id, params: alerts.params })
      .from(alerts)
      .where(and(eq(alerts.key, `${code}:${subject}`), isNull(alerts.resolvedAt)))
      .for("update");
    const others = await othersThatMissIt(tx, open?.params ?? {}, workerId);
    if (reason !== null) {
      const missedBy = [...others, workerId].join(" ");
      const params = withReason({ name: row?.name ?? destination.id, host: hostName, path: destination.path, missedBy }, reason);
      await openAlert(tx, context, { code, subject, sourceId: null, params, isState: true });
    } else if (open !== undefined && others.length > 0) {
      const params = { ...open.params, missedBy: others.join(" ") };
      await tx.update(alerts).set({ params }).where(eq(alerts.id, open.id));
    } else await resolveAlert(tx, context, { code, subject });
  });
}

/** The other workers, of those alive, that said last that they miss it. */
async function othersThatMissIt(tx: Transaction, { missedBy }: Params, workerId: string): Promise<string[]> {
  if (typeof missedBy !== "string") return [];
  const living = new Set((await loadWorkers(tx)).filter(({ alive }) => alive).map(({ id }) => id));
  return missedBy.split(" ").filter((id) => id !== workerId && living.has(id));
}

/**
 * Ends what a host said that has no worker any more: nobody else can take it back. A container that is made anew has another name. A restart takes
 * no longer than this patience, and says the same again. Nobody is told.
 */
export async function watchGoneHosts(tx: Transaction, context: ServiceContext): Promise<void> {
  const since = new Date(context.now().getTime() - goneAfterMs);
  const [open, living] = await Promise.all([
    tx
      .select({ key: alerts.key, params: alerts.params })
      .from(alerts)
      .where(and(eq(alerts.code, code), isNull(alerts.resolvedAt))),
    tx.selectDistinct({ hostName: workers.hostName }).from(workers).where(gt(workers.heartbeatAt, since)),
  ]);
  const hosts = new Set<unknown>(living.map(({ hostName }) => hostName));
  for (const { key, params } of open) {
    if (!hosts.has(params["host"])) await resolveAlert(tx, context, { code, subject: key.slice(code.length + 1), silently: true });
  }
}

async function whyNot({ storage, path }: WorkerDestination, installationId: string): Promise<Reason | null> {
  const over = new AbortController();
  const silence = delay(patienceMs, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new LifeboatError("io-error", { path, detail: `no answer within ${patienceMs / 1000} seconds` });
  });
  silence.catch(() => undefined);
  try {
    await Promise.race([storage.prepare(installationId, { createMarker: false }), silence]);
    return null;
  } catch (error) {
    return reasonOf(error);
  } finally {
    over.abort();
  }
}
