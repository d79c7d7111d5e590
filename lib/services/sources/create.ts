import { and, eq, isNull, like, or, sql } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import type { Transaction } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { freeSlug, slugOf } from "#lib/domain/slug";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { lockServer } from "../servers/load.ts";
import { isUniqueViolation } from "../unique-violation.ts";
import { lastSeenDatabase, refuseCatalogue } from "./catalogue-guard.ts";
import type { ServerRow } from "../servers/dto.ts";
import { auditedSource, type SourceRow } from "./dto.ts";
import { loadSource } from "./load.ts";

/** Removed sources keep their rows, so a slug is never used again. One at a time until the transaction ends. */
async function chooseSlug(tx: Transaction, name: string): Promise<string> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lifeboat.source-slug', 0))`);
  const slug = slugOf(name, "source");
  const rows = await tx
    .select({ slug: sources.slug })
    .from(sources)
    .where(or(eq(sources.slug, slug), like(sources.slug, `${slug.slice(0, 30)}%`)));
  return freeSlug(slug, new Set(rows.map((row) => row.slug)));
}

async function refuseDuplicate(tx: Transaction, server: { id: string; name: string }, database: string): Promise<void> {
  const [known] = await tx
    .select({ id: sources.id })
    .from(sources)
    .where(and(eq(sources.serverId, server.id), eq(sources.database, database), isNull(sources.removedAt)));
  if (known !== undefined) throw new LifeboatError("source-duplicate", { server: server.name, database, sourceId: known.id });
}

/**
 * Protects one database of a server. Throws `not-found` (the server), `source-duplicate` { server, database, sourceId } and
 * `target-is-catalogue` { database }. Nothing is connected to.
 */
export async function createSource(
  context: ServiceContext,
  input: EndpointInput<typeof contract.createSource>,
): Promise<contract.SourceDto> {
  authorise(context, "sources:write");
  const { serverId, database } = input.body;
  try {
    return await context.db.transaction(async (tx) => {
      const server = await lockServer(tx, serverId, "share");
      await refuseDuplicate(tx, server, database);
      const row = await insertSource(tx, context, server, input.body);
      return loadSource(tx, row.id);
    });
  } catch (error) {
    // Two requests at once: the other one committed between the look and the insert.
    if (!isUniqueViolation(error, "sources_server_database_key")) throw error;
    await context.db.transaction(async (tx) => refuseDuplicate(tx, await lockServer(tx, serverId, "share"), database));
    throw error;
  }
}

/**
 * The part that replacing a database that is no source yet shares: row, slug and audit. Call it with the server locked and after
 * looking for a source of the same database. Throws `target-is-catalogue` { database }.
 */
export async function insertSource(
  tx: Transaction,
  context: ServiceContext,
  server: ServerRow,
  values: EndpointInput<typeof contract.createSource>["body"],
): Promise<SourceRow> {
  const seen = await lastSeenDatabase(tx, server.id, values.database);
  await refuseCatalogue(tx, server, values.database, seen);
  const now = context.now();
  const [row] = await tx
    .insert(sources)
    .values({
      ...values,
      id: makeId("source", context.newUuid()),
      engine: "postgres",
      slug: await chooseSlug(tx, values.name),
      sizeBytes: seen?.sizeBytes ?? null,
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  if (row === undefined) throw new Error("the insert returned no row");
  await recordAudit(tx, context, {
    action: "source.create",
    targetType: "source",
    targetId: row.id,
    targetName: row.name,
    after: auditedSource(row),
  });
  return row;
}
