import { and, eq, isNull } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import type { Transaction } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { fileTitle } from "#lib/domain/file-path";
import type { ServiceContext } from "../context.ts";
import { isUniqueViolation } from "../unique-violation.ts";
import { askAboutFile } from "./ask-file.ts";
import type { SourceRow } from "./dto.ts";
import { insertSourceRow } from "./insert-row.ts";
import { loadSource } from "./load.ts";
import { retentionOfNewSource } from "./retention-of-new.ts";

type SqliteBody = Extract<EndpointInput<typeof contract.createSource>["body"], { engine: "sqlite" }>;

/** Files belong to the workers of this group; only they are asked for them. */
export const fileWorkerGroup = "default";

/** The source that protects a file now, or null. `path` is resolved. */
export async function findFileSource(tx: Transaction | ServiceContext["db"], path: string): Promise<SourceRow | null> {
  const [row] = await tx
    .select()
    .from(sources)
    .where(and(eq(sources.workerGroup, fileWorkerGroup), eq(sources.path, path), isNull(sources.removedAt)));
  return row ?? null;
}

/**
 * Protects one SQLite file, after a worker looked at it. Throws what is wrong with the path (`files-not-allowed`, `file-outside`,
 * `file-missing`, `file-not-sqlite`, `sqlite-check-failed` …), `source-duplicate` { database: its path, sourceId }, `no-worker`.
 */
export async function createFileSource(context: ServiceContext, body: SqliteBody): Promise<contract.SourceDto> {
  const found = await askAboutFile(context, body.path);
  if (found.problem !== null) throw new LifeboatError(found.problem.code, found.problem.params);
  if (found.file === null || found.path === null) throw new LifeboatError("file-not-sqlite", { path: body.path });
  const { path, file } = found;
  try {
    return await context.db.transaction(async (tx) => {
      await refuseDuplicate(tx, path);
      const { engine: _engine, path: _asked, ...values } = body;
      const row = await insertFileSource(tx, context, { ...values, path, sizeBytes: file.bytes });
      return loadSource(tx, row.id, context.now());
    });
  } catch (error) {
    // Two requests at once: the other one committed between the look and the insert.
    if (!isUniqueViolation(error, "sources_path_key")) throw error;
    await context.db.transaction((tx) => refuseDuplicate(tx, path));
    throw error;
  }
}

async function refuseDuplicate(tx: Transaction, path: string): Promise<void> {
  const known = await findFileSource(tx, path);
  if (known !== null) throw new LifeboatError("source-duplicate", { database: path, sourceId: known.id });
}

/** The source of a file that was looked at, with its audit row. `path` is resolved. */
export async function insertFileSource(
  tx: Transaction,
  context: ServiceContext,
  values: Pick<SourceRow, "name" | "environment" | "notes" | "sizeBytes"> & { path: string; retentionPolicyId?: string | null },
): Promise<SourceRow> {
  return insertSourceRow(tx, context, {
    ...values,
    retentionPolicyId: await retentionOfNewSource(tx, "sqlite", values.retentionPolicyId),
    engine: "sqlite",
    database: fileTitle(values.path),
    workerGroup: fileWorkerGroup,
  });
}
