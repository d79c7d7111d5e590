import { and, eq, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { backups } from "#lib/db/schema/backups";
import { sources } from "#lib/db/schema/sources";
import { judgeDisks } from "#lib/domain/disk-alert";
import type { ServiceContext } from "../context.ts";
import { loadWorkers } from "../system/workers.ts";
import { openAlert, resolveAlert } from "./alerts.ts";

const code = "disk-nearly-full";

/** Opens an alert for each disk that is nearly full, by what the workers wrote last, and ends it when there is room, or nobody knows the disk any more. */
export async function watchDisks(tx: Transaction, context: ServiceContext): Promise<void> {
  const workers = await loadWorkers(tx);
  const judged = judgeDisks(
    workers.filter(({ alive }) => alive).flatMap(({ hostName, disks }) => disks.map((disk) => ({ host: hostName, ...disk }))),
    await largestBackup(tx),
  );
  const open = await tx
    .select({ key: alerts.key })
    .from(alerts)
    .where(and(eq(alerts.code, code), isNull(alerts.resolvedAt)));
  const isOpen = new Set(open.map(({ key }) => key.slice(code.length + 1)));
  for (const { key, state, host, path, freeBytes, totalBytes, neededBytes } of judged) {
    if (state === "full" && !isOpen.has(key)) {
      const params = { host, path, freeBytes, totalBytes, neededBytes };
      await openAlert(tx, context, { code, subject: key, sourceId: null, params, isState: true });
    } else if (state === "room" && isOpen.has(key)) await resolveAlert(tx, context, { code, subject: key });
  }
  const known = new Set(workers.flatMap(({ hostName, disks }) => disks.map(({ path }) => `${hostName}:${path}`)));
  for (const key of isOpen) if (!known.has(key)) await resolveAlert(tx, context, { code, subject: key, silently: true });
}

/** Bytes that the largest of the sources' newest backups took. */
async function largestBackup(tx: Transaction): Promise<number> {
  const [row] = await tx.execute<{ bytes: string | null }>(sql`
    select max((select newest.stored_bytes from ${backups} as newest
                 where newest.source_id = source.id and newest.state = 'available'
                 order by newest.snapshot_at desc limit 1))::text as bytes
      from ${sources} as source where source.removed_at is null`);
  return Number(row?.bytes ?? 0);
}
