import { and, asc, desc, eq, gt, gte, inArray, lt, lte, sql } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { listRestorePoints as contract, RestorePointDto, RestorePointsDto } from "#lib/contracts/restore-points";
import type { Database } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { findGaps, type RestoreGap, usualInterval } from "#lib/domain/restore-points";
import { authorise } from "../authorise.ts";
import { toMeterDto } from "../backups/dto.ts";
import type { ServiceContext } from "../context.ts";
import { databaseNow } from "../runs/lease.ts";
import { loadPointFacts, type PointFacts } from "./point-facts.ts";

/** Points and missed runs that one answer holds at most; the newest ones. */
const mostPoints = 1_000;
/** Points looked at on either side of a range: one of them will be restorable. */
const neighbours = 20;
/** What is usual is judged by so many of the newest points, whatever range was asked for. */
const usualOf = 200;

type Range = { readonly sourceId: string; readonly from: Date | null; readonly to: Date | null };

/**
 * Times to which a source can be restored, oldest first, with gaps and missed runs; a fixed number of queries. Throws `not-found`
 * for an unknown source; a removed one still has its points.
 */
export async function listRestorePoints(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RestorePointsDto> {
  authorise(context, "backups:read");
  const { db } = context;
  const { source: sourceId, from, to } = input.query;
  const range: Range = { sourceId, from: from === undefined ? null : new Date(from), to: to === undefined ? null : new Date(to) };
  const [now, found, before, after, usualSeconds, missed] = await Promise.all([
    readNow(db, sourceId),
    loadNewest(db, range),
    loadBefore(db, range),
    loadAfter(db, range),
    loadUsual(db, sourceId),
    loadMissed(db, range),
  ]);
  const truncated = found.length > mostPoints;
  const points = found.slice(0, mostPoints).toReversed();
  const around = truncated ? [...found.slice(mostPoints), ...points, ...after] : [...before, ...points, ...after];
  const factsOf = await loadPointFacts(
    db,
    around.map(({ id }) => id),
  );
  const isRestorable = ({ id }: PointRow) => factsOf(id).blocker === null;
  const restorable = around.filter(isRestorable).map(({ snapshotAt }) => snapshotAt);
  const lastsUntilNow = after.length < neighbours && !after.some(isRestorable);
  return {
    sourceId,
    now: now.toISOString(),
    points: points.map((row) => toPoint(row, factsOf(row.id))),
    truncated,
    gaps: findGaps(restorable, usualSeconds, lastsUntilNow ? now : null).map(toGap),
    missed,
    usualSeconds,
  };
}

/** The catalogue's clock, by which gaps are measured. */
async function readNow(db: Database, sourceId: string): Promise<Date> {
  const [row] = await db
    .select({ now: sql<string>`${databaseNow}` })
    .from(sources)
    .where(eq(sources.id, sourceId));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "source", id: sourceId });
  return new Date(row.now);
}

const pointColumns = {
  id: backups.id,
  chainId: backups.chainId,
  kind: backups.kind,
  origin: backups.origin,
  label: backups.label,
  snapshotAt: backups.snapshotAt,
  streamBytes: backups.streamBytes,
  storedBytes: backups.storedBytes,
};
type PointRow = Pick<typeof backups.$inferSelect, keyof typeof pointColumns>;

const ofSource = (sourceId: string) => and(eq(backups.sourceId, sourceId), eq(backups.state, "available"));

/** The newest points of the range, newest first; one more than are shown. */
function loadNewest(db: Database, { sourceId, from, to }: Range): Promise<PointRow[]> {
  return db
    .select(pointColumns)
    .from(backups)
    .where(
      and(
        ofSource(sourceId),
        from === null ? undefined : gte(backups.snapshotAt, from),
        to === null ? undefined : lte(backups.snapshotAt, to),
      ),
    )
    .orderBy(desc(backups.snapshotAt), desc(backups.id))
    .limit(mostPoints + 1);
}

/** The last points before the range: a gap may have begun there. */
async function loadBefore(db: Database, { sourceId, from }: Range): Promise<PointRow[]> {
  if (from === null) return [];
  return db
    .select(pointColumns)
    .from(backups)
    .where(and(ofSource(sourceId), lt(backups.snapshotAt, from)))
    .orderBy(desc(backups.snapshotAt), desc(backups.id))
    .limit(neighbours);
}

/** The first points after the range; none for one that lasts until now. */
async function loadAfter(db: Database, { sourceId, to }: Range): Promise<PointRow[]> {
  if (to === null) return [];
  return db
    .select(pointColumns)
    .from(backups)
    .where(and(ofSource(sourceId), gt(backups.snapshotAt, to)))
    .orderBy(asc(backups.snapshotAt), asc(backups.id))
    .limit(neighbours);
}

async function loadUsual(db: Database, sourceId: string): Promise<number | null> {
  const newest = await db
    .select({ at: backups.snapshotAt })
    .from(backups)
    .where(ofSource(sourceId))
    .orderBy(desc(backups.snapshotAt))
    .limit(usualOf);
  return usualInterval(newest.map(({ at }) => at));
}

/** Backups that were to be and are not, oldest first. */
async function loadMissed(db: Database, { sourceId, from, to }: Range): Promise<RestorePointsDto["missed"]> {
  const rows = await db
    .select({ id: runs.id, at: runs.queuedAt, state: runs.state, error: runs.error })
    .from(runs)
    .where(
      and(
        eq(runs.sourceId, sourceId),
        eq(runs.type, "backup"),
        inArray(runs.state, ["failed", "cancelled"]),
        from === null ? undefined : gte(runs.queuedAt, from),
        to === null ? undefined : lte(runs.queuedAt, to),
      ),
    )
    .orderBy(desc(runs.queuedAt), desc(runs.id))
    .limit(mostPoints);
  return rows.toReversed().map(({ id, at, state, error }) => ({
    runId: id,
    at: at.toISOString(),
    state: state === "cancelled" ? "cancelled" : "failed",
    error: error === null ? null : describeReason(error),
  }));
}

/** A backup is one instant: `from` equals `to`. */
function toPoint(row: PointRow, { meter, packs, blocker }: PointFacts): RestorePointDto {
  const at = row.snapshotAt.toISOString();
  return {
    type: "snapshot",
    from: at,
    to: at,
    backupId: row.id,
    chainId: row.chainId,
    kind: row.kind,
    origin: row.origin,
    label: row.label,
    meter: toMeterDto(meter),
    streamBytes: row.streamBytes,
    storedBytes: row.storedBytes,
    packs,
    blocker: blocker === null ? null : describeReason(blocker),
  };
}

const toGap = ({ from, to, seconds }: RestoreGap) => ({ from: from.toISOString(), to: to?.toISOString() ?? null, seconds });
