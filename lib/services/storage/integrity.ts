import { and, asc, desc, eq, gte, isNull, max, sql } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { IntegrityDto } from "#lib/contracts/storage";
import type * as contract from "#lib/contracts/storage";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { orphanPacks } from "#lib/db/schema/orphan-packs";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import { loadBroken } from "../chains/broken.ts";
import type { ServiceContext } from "../context.ts";
import { oneOf } from "../one-of.ts";

const mostListed = 100;
const oldestListed = 20;
const dayMs = 86_400_000;

/** Newest first, with the reason of their oldest broken member. */
async function readBrokenChains({ db }: ServiceContext): Promise<IntegrityDto["brokenChains"]> {
  const broken = [...Map.groupBy(await loadBroken(db), (member) => member.chainId)].slice(-mostListed);
  if (broken.length === 0) return [];
  const rows = await db
    .select({ id: chains.id, sourceId: chains.sourceId, sourceName: sources.name, members: sql<number>`count(${backups.id})::int` })
    .from(chains)
    .innerJoin(sources, eq(sources.id, chains.sourceId))
    .innerJoin(backups, and(eq(backups.chainId, chains.id), eq(backups.state, "available")))
    .where(
      oneOf(
        chains.id,
        broken.map(([chainId]) => chainId),
      ),
    )
    .groupBy(chains.id, chains.sourceId, sources.name);
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  return broken.toReversed().flatMap(([chainId, [first, ...others]]) => {
    const row = rowOf.get(chainId);
    if (row === undefined || first === undefined) return [];
    const { sourceId, sourceName, members } = row;
    return [{ chainId, sourceId, sourceName, members, brokenMembers: 1 + others.length, reason: describeReason(first.reason) }];
  });
}

/** Stored, and nobody ever decoded a byte of it. */
async function readNeverVerified({ db }: ServiceContext): Promise<IntegrityDto["neverVerified"]> {
  const unverified = and(eq(copies.state, "stored"), isNull(copies.verifiedAt));
  const [[counted], oldest] = await Promise.all([
    db
      .select({ count: sql<number>`count(*)::int` })
      .from(copies)
      .where(unverified),
    db
      .select({ backupId: backups.id, sourceName: sources.name, snapshotAt: backups.snapshotAt, storedBytes: backups.storedBytes })
      .from(copies)
      .innerJoin(backups, eq(backups.id, copies.backupId))
      .innerJoin(sources, eq(sources.id, backups.sourceId))
      .where(and(unverified, eq(backups.state, "available")))
      .orderBy(asc(copies.storedAt), asc(copies.backupId))
      .limit(oldestListed),
  ]);
  return { count: counted?.count ?? 0, oldest: oldest.map((row) => Object.assign(row, { snapshotAt: row.snapshotAt.toISOString() })) };
}

async function readFailures({ db, now }: ServiceContext, days: number): Promise<IntegrityDto["failures"]> {
  const since = new Date(now().getTime() - days * dayMs);
  const rows = await db
    .select({ runId: runs.id, type: runs.type, sourceName: sources.name, at: runs.finishedAt, queuedAt: runs.queuedAt, error: runs.error })
    .from(runs)
    .leftJoin(sources, eq(sources.id, runs.sourceId))
    .where(and(eq(runs.state, "failed"), eq(runs.isProbe, false), gte(runs.queuedAt, since)))
    .orderBy(desc(runs.queuedAt), desc(runs.id))
    .limit(mostListed);
  return rows.map(({ runId, type, sourceName, at, queuedAt, error }) => ({
    runId,
    type,
    sourceName,
    at: (at ?? queuedAt).toISOString(),
    error: error === null ? null : describeReason(error),
  }));
}

/** What operators ask every morning, in one answer: broken chains, backups never verified, failures of the last days, unknown files. */
export async function getIntegrity(context: ServiceContext, input: EndpointInput<typeof contract.getIntegrity>): Promise<IntegrityDto> {
  authorise(context, "backups:read");
  const { db } = context;
  const [brokenChains, neverVerified, failures, [orphans], [scan]] = await Promise.all([
    readBrokenChains(context),
    readNeverVerified(context),
    readFailures(context, input.query.days),
    db.select({ count: sql<number>`count(*)::int` }).from(orphanPacks),
    db
      .select({ at: max(runs.finishedAt) })
      .from(runs)
      .where(and(eq(runs.type, "scan-storage"), eq(runs.state, "succeeded"))),
  ]);
  return { brokenChains, neverVerified, failures, orphans: orphans?.count ?? 0, scannedAt: scan?.at?.toISOString() ?? null };
}
