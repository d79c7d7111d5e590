import { and, eq, isNull } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import type { Transaction } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { lockServer } from "../servers/load.ts";
import { isUniqueViolation } from "../unique-violation.ts";
import { lastSeenDatabase, refuseCatalogue } from "./catalogue-guard.ts";
import type { ServerRow } from "../servers/dto.ts";
import { createFileSource } from "./create-file.ts";
import type { SourceRow } from "./dto.ts";
import { insertSourceRow } from "./insert-row.ts";
import { retentionOfNewSource } from "./retention-of-new.ts";
import { loadSource } from "./load.ts";

type Body = EndpointInput<typeof contract.createSource>["body"];
type PostgresBody = Extract<Body, { engine: "postgres" }>;
export type NewDatabase = Omit<PostgresBody, "engine">;

async function refuseDuplicate(tx: Transaction, server: { id: string; name: string }, database: string): Promise<void> {
  const [known] = await tx
    .select({ id: sources.id })
    .from(sources)
    .where(and(eq(sources.serverId, server.id), eq(sources.database, database), isNull(sources.removedAt)));
  if (known !== undefined) throw new LifeboatError("source-duplicate", { server: server.name, database, sourceId: known.id });
}

/**
 * Protects one database of a server, or one SQLite file. Throws `not-found` (the server), `source-duplicate` { server, database,
 * sourceId } and `target-is-catalogue` { database }; for a file what `createFileSource` throws. No server is connected to.
 */
export async function createSource(
  context: ServiceContext,
  input: EndpointInput<typeof contract.createSource>,
): Promise<contract.SourceDto> {
  authorise(context, "sources:write");
  return input.body.engine === "sqlite" ? createFileSource(context, input.body) : createDatabaseSource(context, input.body);
}

async function createDatabaseSource(context: ServiceContext, body: PostgresBody): Promise<contract.SourceDto> {
  const { serverId, database } = body;
  try {
    return await context.db.transaction(async (tx) => {
      const server = await lockServer(tx, serverId, "share");
      await refuseDuplicate(tx, server, database);
      const row = await insertSource(tx, context, server, body);
      return loadSource(tx, row.id, context.now());
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
export async function insertSource(tx: Transaction, context: ServiceContext, server: ServerRow, values: NewDatabase): Promise<SourceRow> {
  const seen = await lastSeenDatabase(tx, server.id, values.database);
  await refuseCatalogue(tx, server, values.database, seen);
  const retentionPolicyId = await retentionOfNewSource(tx, "postgres", values.retentionPolicyId);
  return insertSourceRow(tx, context, { ...values, retentionPolicyId, engine: "postgres", sizeBytes: seen?.sizeBytes ?? null });
}
