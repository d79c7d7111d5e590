import { and, desc, eq, lte } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { sources } from "#lib/db/schema/sources";
import { chooseRestorePoint } from "#lib/domain/choose-restore-point";
import { LifeboatError } from "#lib/domain/error";
import { loadPointFacts } from "./point-facts.ts";

/** Looked at in one go; the next ones only where all of these are broken. */
const atOnce = 100;

/**
 * The backup that a restore of a source to a date gives back: the newest one at or before it that can be restored as far as is known.
 * Throws `not-found` for an unknown source, and `no-restore-point` { at }.
 */
export async function chooseForDate(db: Database | Transaction, sourceId: string, at: Date): Promise<string> {
  const [source] = await db.select({ id: sources.id }).from(sources).where(eq(sources.id, sourceId));
  if (source === undefined) throw new LifeboatError("not-found", { entity: "source", id: sourceId });
  for (let offset = 0; ; offset += atOnce) {
    const found = await db
      .select({ id: backups.id, snapshotAt: backups.snapshotAt })
      .from(backups)
      .where(and(eq(backups.sourceId, sourceId), eq(backups.state, "available"), lte(backups.snapshotAt, at)))
      .orderBy(desc(backups.snapshotAt), desc(backups.id))
      .offset(offset)
      .limit(atOnce);
    const ids = found.map(({ id }) => id);
    const factsOf = await loadPointFacts(db, ids);
    const candidates = found.map(({ id, snapshotAt }) => {
      const { meter, packs, blocker } = factsOf(id);
      const isRestorable = blocker === null && meter.stored.state === "yes";
      return { id, snapshotAt, isRestorable, isProven: meter.proven.state === "yes", isVerified: meter.verified.state === "yes", packs };
    });
    const chosen = chooseRestorePoint(candidates, at);
    if (chosen !== null) return chosen.id;
    if (found.length < atOnce) throw new LifeboatError("no-restore-point", { at: at.toISOString() });
  }
}
