import { and, eq, isNull } from "drizzle-orm";
import type { SourceDto } from "#lib/contracts/sources";
import type { Database, Transaction } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { loadDrillFacts } from "../drills/plan-facts.ts";
import { type SourceRow, toSourceDto } from "./dto.ts";
import { loadSourceFacts } from "./facts.ts";
import { loadNextBackups } from "./next-backups.ts";
import { loadPolicyNames } from "./retention-of-new.ts";

export type SourceWithServer = { readonly source: SourceRow; readonly server: typeof servers.$inferSelect | null };

/** A source's row with its server's; a file has none. Throws `not-found`, also for a removed source. */
export async function findSource(db: Database | Transaction, id: string): Promise<SourceWithServer> {
  const [found] = await db
    .select({ source: sources, server: servers })
    .from(sources)
    .leftJoin(servers, eq(servers.id, sources.serverId))
    .where(and(eq(sources.id, id), isNull(sources.removedAt)));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "source", id });
  return found;
}

/** The row, locked for a change until the transaction ends. Throws `not-found`. */
export async function lockSource(tx: Transaction, id: string): Promise<SourceRow> {
  const [row] = await tx
    .select()
    .from(sources)
    .where(and(eq(sources.id, id), isNull(sources.removedAt)))
    .for("update");
  if (row === undefined) throw new LifeboatError("not-found", { entity: "source", id });
  return row;
}

/** Rows of a list → DTOs as they stand at `now`, with a fixed number of queries. */
export async function toSourceDtos(db: Database | Transaction, rows: readonly SourceWithServer[], now: Date): Promise<SourceDto[]> {
  const known = rows.map(({ source }) => source);
  const [factsOf, drillOf, nextOf, policyName] = await Promise.all([
    loadSourceFacts(db, known),
    loadDrillFacts(
      db,
      known.map(({ id }) => id),
      now,
    ),
    loadNextBackups(db, known, now),
    loadPolicyNames(
      db,
      known.flatMap(({ retentionPolicyId }) => retentionPolicyId ?? []),
    ),
  ]);
  return rows.map(({ source, server }) =>
    toSourceDto(source, {
      serverName: server?.name ?? null,
      serverVersion: server?.serverVersion ?? null,
      drill: drillOf.get(source.id) ?? null,
      nextBackupAt: nextOf(source.id),
      now,
      retentionPolicyName: policyName.get(source.retentionPolicyId ?? "") ?? null,
      ...factsOf(source.id),
    }),
  );
}

/** One source as lists show it at `now`. Throws `not-found`. */
export async function loadSource(db: Database | Transaction, id: string, now: Date): Promise<SourceDto> {
  const [dto] = await toSourceDtos(db, [await findSource(db, id)], now);
  if (dto === undefined) throw new LifeboatError("not-found", { entity: "source", id });
  return dto;
}
