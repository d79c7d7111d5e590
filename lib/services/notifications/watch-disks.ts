import { and, eq, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { backups } from "#lib/db/schema/backups";
import { sources } from "#lib/db/schema/sources";
import { diskKey, isRoomy, judgeDisks, type SeenDisk } from "#lib/domain/disk-alert";
import type { ServiceContext } from "../context.ts";
import { loadWorkers } from "../system/workers.ts";
import { openAlert, resolveAlert } from "./alerts.ts";

const code = "disk-nearly-full";

/** Opens an alert for each disk that is nearly full, by what the workers wrote last, and ends it when there is room, or nobody knows the disk any more. */
export async function watchDisks(tx: Transaction, context: ServiceContext): Promise<void> {
  const workers = await loadWorkers(tx);
  const seen = workers
    .filter(({ alive }) => alive)
    .flatMap(({ id, hostName, disks }) => disks.map((disk) => ({ worker: id, host: hostName, ...disk })));
  const judged = judgeDisks(seen, await largestBackup(tx));
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
  const known = new Set(workers.flatMap(({ hostName, disks }) => disks.map(({ path }) => diskKey({ host: hostName, path }))));
  const told = new Set(judged.map(({ key }) => key));
  for (const key of isOpen) {
    // It lies on a disk that another folder stands for; once it was taken for one of its own.
    const isMerged = !told.has(key) && isRoomyNow(seen.filter((disk) => diskKey(disk) === key));
    if (!known.has(key) || isMerged) await resolveAlert(tx, context, { code, subject: key, silently: true });
  }
}

const isRoomyNow = (disks: readonly SeenDisk[]) => disks.length > 0 && disks.every(isRoomy);

/** Bytes that the largest of the sources' newest backups took, of each kind: after a small one a large one comes again. */
async function largestBackup(tx: Transaction): Promise<number> {
  const [row] = await tx.execute<{ bytes: string | null }>(sql`
    select max(newest.stored_bytes)::text as bytes
      from (select distinct on (backup.source_id, backup.kind) backup.stored_bytes
              from ${backups} as backup join ${sources} as source on source.id = backup.source_id and source.removed_at is null
             where backup.state = 'available'
             order by backup.source_id, backup.kind, backup.snapshot_at desc) as newest`);
  return Number(row?.bytes ?? 0);
}
