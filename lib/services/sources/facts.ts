import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import { isActive, type RunState } from "#lib/domain/run-state";
import { isGoodCopy, isListed } from "../backups/good.ts";
import { type LastGood, lastGoodOf } from "../backups/last-good.ts";
import { oneOf } from "../one-of.ts";
import { type RunDtoRow, toRunDto } from "../runs/dto.ts";
import { isDeserted } from "../runs/served.ts";
import { runColumns } from "../runs/load.ts";
import type { SourceFacts, SourceLastFacts } from "./dto.ts";

type Reader = Database | Transaction;

/** Raw SQL gives instants as text in the session's zone (UTC by the client's settings), numbers of `bigint` as text. */
const asDate = (value: unknown): Date => new Date(value as string);

function readTotals(db: Reader, ids: string[]) {
  return db
    .select({
      sourceId: backups.sourceId,
      backupCount: sql<number>`count(*)::int`,
      storedBytes: sql<number>`coalesce(sum(${backups.storedBytes}), 0)::bigint`.mapWith(Number),
    })
    .from(backups)
    .where(and(oneOf(backups.sourceId, ids), isListed))
    .groupBy(backups.sourceId);
}

/** The first answer per source, found through an index for each source rather than by sorting all rows. */
function firstPerSource<T = string>(db: Reader, ids: string[], found: SQL) {
  return db
    .select({ sourceId: sources.id, found: sql<T | null>`(${found})` })
    .from(sources)
    .where(oneOf(sources.id, ids));
}

async function readLastGood(db: Reader, ids: string[]) {
  const newest = await firstPerSource<LastGood>(db, ids, lastGoodOf(sql`${sources.id}`));
  return newest.flatMap(({ sourceId, found }) => (found === null ? [] : [{ sourceId, id: found.id, at: asDate(found.at) }]));
}

async function readVerified(db: Reader, ids: string[]) {
  const newest = await firstPerSource(
    db,
    ids,
    sql`select ${copies.verifiedAt} from ${copies} join ${backups} on ${backups.id} = ${copies.backupId}
      where ${copies.sourceId} = ${sources.id} and ${copies.verifiedAt} is not null and ${isGoodCopy} and ${backups.state} = 'available'
      order by ${copies.verifiedAt} desc limit 1`,
  );
  return newest.flatMap(({ sourceId, found }) => (found === null ? [] : [{ sourceId, at: asDate(found) }]));
}

function readProven(db: Reader, ids: string[]) {
  return db
    .select({ sourceId: backups.sourceId, at: sql<Date>`max(${validations.at})`.mapWith(asDate) })
    .from(validations)
    .innerJoin(backups, eq(backups.id, validations.backupId))
    .where(and(oneOf(backups.sourceId, ids), eq(validations.level, "proven"), eq(validations.verdict, "passed")))
    .groupBy(backups.sourceId);
}

/** The newest backup run of each source that is in one of these states, and the active one where there is one. */
async function readRuns(
  db: Reader,
  ids: string[],
  states: readonly RunState[] | undefined,
): Promise<(RunDtoRow & { readonly deserted: boolean })[]> {
  const newest = await firstPerSource(
    db,
    ids,
    sql`select ${runs.id} from ${runs} where ${runs.sourceId} = ${sources.id} and ${runs.type} = 'backup'
      order by ${runs.queuedAt} desc, ${runs.id} desc limit 1`,
  );
  const runIds = newest.flatMap(({ found }) => found ?? []);
  if (runIds.length === 0) return [];
  return db
    .select({ ...runColumns, deserted: isDeserted() })
    .from(runs)
    .where(and(oneOf(runs.id, runIds), states === undefined ? undefined : inArray(runs.state, [...states])))
    .orderBy(desc(runs.queuedAt));
}

/**
 * When sources were last backed up, verified and proven, and their runs, with a fixed number of queries however many sources there are.
 * Last run and active run are backup runs; as only one can be active, the active one is the newest. One that waits for a group without a worker is not.
 * Whoever looks at runs in some states alone says so: a last run in another one is then null.
 */
export async function loadLastFacts(
  db: Reader,
  rows: readonly { id: string; name: string }[],
  runStates?: readonly RunState[],
): Promise<(sourceId: string) => SourceLastFacts> {
  const ids = rows.map((row) => row.id);
  const [good, verified, proven, runRows] =
    ids.length === 0
      ? [[], [], [], []]
      : await Promise.all([readLastGood(db, ids), readVerified(db, ids), readProven(db, ids), readRuns(db, ids, runStates)]);
  const goodOf = new Map(good.map((row) => [row.sourceId, row]));
  const verifiedOf = new Map(verified.map((row) => [row.sourceId, row.at]));
  const provenOf = new Map(proven.map((row) => [row.sourceId, row.at]));
  const runOf = new Map(runRows.map((row) => [row.sourceId, row]));
  const nameOf = new Map(rows.map((row) => [row.id, row.name]));
  return (sourceId) => {
    const run = runOf.get(sourceId);
    const lastRun = run === undefined ? null : toRunDto(run, { sourceName: nameOf.get(sourceId) ?? null });
    const lastGood = goodOf.get(sourceId);
    return {
      lastGood: lastGood === undefined ? null : { id: lastGood.id, at: lastGood.at },
      lastVerifiedAt: verifiedOf.get(sourceId) ?? null,
      lastProvenAt: provenOf.get(sourceId) ?? null,
      lastRun,
      activeRun: lastRun !== null && isActive(lastRun.state) && run?.deserted !== true ? lastRun : null,
    };
  };
}

/** The same with how many backups there are and how much they take. */
export async function loadSourceFacts(
  db: Reader,
  rows: readonly { id: string; name: string }[],
): Promise<(sourceId: string) => SourceFacts> {
  const ids = rows.map((row) => row.id);
  const [lastOf, totals] = await Promise.all([loadLastFacts(db, rows), ids.length === 0 ? [] : readTotals(db, ids)]);
  const totalOf = new Map(totals.map(({ sourceId, backupCount, storedBytes }) => [sourceId, { backupCount, storedBytes }]));
  return (sourceId) => Object.assign(lastOf(sourceId), totalOf.get(sourceId) ?? { backupCount: 0, storedBytes: 0 });
}
