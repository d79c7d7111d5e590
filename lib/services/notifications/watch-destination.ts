import { and, eq, gt, isNull } from "drizzle-orm";
import { setTimeout as delay } from "node:timers/promises";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { destinations } from "#lib/db/schema/destinations";
import { installation } from "#lib/db/schema/installation";
import { workers } from "#lib/db/schema/workers";
import { withReason } from "#lib/domain/alert-params";
import { LifeboatError, reasonOf, type Reason } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import type { WorkerDestination } from "../runs/work.ts";
import { isUsed } from "../storage/is-used.ts";
import { openAlert, resolveAlert } from "./alerts.ts";

const code = "destination-unreachable";
/** A folder of a server that is gone answers never. Milliseconds. */
const patienceMs = 30_000;
/** A host whose workers were silent for this long is gone. Milliseconds. */
const goneAfterMs = 10 * 60_000;

/**
 * Looks whether this worker still sees its destination, by the marker that lies there, and opens or ends the alert. Before anything was stored there is
 * nothing to miss. Nothing is made: a disk that is not mounted is no empty destination.
 */
export async function watchDestination(
  context: ServiceContext,
  { destination, hostName }: { destination: WorkerDestination; hostName: string },
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
    if (reason === null) await resolveAlert(tx, context, { code, subject });
    else {
      const params = withReason({ name: row?.name ?? destination.id, host: hostName, path: destination.path }, reason);
      await openAlert(tx, context, { code, subject, sourceId: null, params, isState: true });
    }
  });
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
