import { and, count, eq, isNull } from "drizzle-orm";
import type { SourceStatusDto } from "#lib/contracts/source-status";
import type { Database } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { isObjectiveMet } from "#lib/domain/objective";
import { levelOf } from "#lib/domain/source-level";
import { loadNextBackups } from "../sources/next-backups.ts";
import { loadOverviewSources } from "../system/overview-sources.ts";

/** A source as other dashboards show it, by the facts of the overview. Throws `not-found`, also for a removed one. */
export async function readSourceStatus(db: Database, id: string, now: Date): Promise<SourceStatusDto> {
  const [[known], [row], [open]] = await Promise.all([
    loadOverviewSources(db, now, id),
    db.select({ id: sources.id, pausedAt: sources.pausedAt }).from(sources).where(eq(sources.id, id)),
    db
      .select({ number: count() })
      .from(alerts)
      .where(and(eq(alerts.sourceId, id), isNull(alerts.resolvedAt))),
  ]);
  if (known === undefined || row === undefined) throw new LifeboatError("not-found", { entity: "source", id });
  const nextOf = await loadNextBackups(db, [row], now);
  return {
    sourceId: id,
    name: known.name,
    level: levelOf(known, now),
    objectiveMet: isObjectiveMet(known.lastGood?.at ?? null, known.objectiveSeconds, now),
    objectiveSeconds: known.objectiveSeconds,
    lastGoodAt: known.lastGood?.at.toISOString() ?? null,
    lastVerifiedAt: known.lastVerifiedAt?.toISOString() ?? null,
    lastProvenAt: known.lastProvenAt?.toISOString() ?? null,
    nextBackupAt: nextOf(id)?.toISOString() ?? null,
    drill: known.drill?.due ?? "none",
    running: known.isRunning,
    openAlerts: open?.number ?? 0,
  };
}
