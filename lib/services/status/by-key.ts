import { and, eq, isNull } from "drizzle-orm";
import type { SourceStatusDto } from "#lib/contracts/source-status";
import type { Database } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";
import { tokenHash } from "#lib/secrets/token";
import { readSourceStatus } from "./read.ts";

/** So long the same answer is given again, in milliseconds: whoever has the key may ask as often as they like. */
const keptMs = 15_000;

type Kept = { readonly at: number; readonly status: Promise<SourceStatusDto> };
const keptOf = new WeakMap<Database, Map<string, Kept>>();

/**
 * The state of the source whose public address has this key; null for a key that is none, or none any more. Whether the key holds is asked each time,
 * what it shows is worked out once for all who ask within 15 seconds. One random key in 2^256 is guessed by nobody, so its hash is looked up as it is.
 */
export async function statusByKey(db: Database, key: string, now: Date): Promise<SourceStatusDto | null> {
  if (!/^lbs_[A-Za-z0-9_-]{43}$/.test(key)) return null;
  const [row] = await db
    .select({ id: sources.id })
    .from(sources)
    .where(and(eq(sources.statusKeyHash, tokenHash(key)), isNull(sources.removedAt)));
  if (row === undefined) return null;
  const all = keptOf.get(db) ?? new Map<string, Kept>();
  keptOf.set(db, all);
  const kept = all.get(row.id);
  if (kept !== undefined && Math.abs(now.getTime() - kept.at) < keptMs) return kept.status;
  const status = readSourceStatus(db, row.id, now);
  all.set(row.id, { at: now.getTime(), status });
  // A failure is nobody else's answer.
  status.catch(() => all.delete(row.id));
  return status;
}
