import { and, eq, isNull } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";

type FileSource = typeof sources.$inferSelect;

/** The source that a file is registered as, or null. The same path on hosts of another group is another file. */
export async function findFileSource(
  db: Database | Transaction,
  { path, workerGroup }: { path: string; workerGroup: string | null },
): Promise<FileSource | null> {
  if (workerGroup === null) return null;
  const [source] = await db
    .select()
    .from(sources)
    .where(and(eq(sources.path, path), eq(sources.workerGroup, workerGroup), isNull(sources.removedAt)));
  return source ?? null;
}
