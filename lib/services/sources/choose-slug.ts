import { eq, like, or, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";
import { freeSlug, slugOf } from "#lib/domain/slug";

/** Removed sources keep their rows, so a slug is never used again. One at a time until the transaction ends. */
export async function chooseSlug(tx: Transaction, name: string): Promise<string> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lifeboat.source-slug', 0))`);
  const slug = slugOf(name, "source");
  const rows = await tx
    .select({ slug: sources.slug })
    .from(sources)
    .where(or(eq(sources.slug, slug), like(sources.slug, `${slug.slice(0, 30)}%`)));
  return freeSlug(slug, new Set(rows.map((row) => row.slug)));
}
