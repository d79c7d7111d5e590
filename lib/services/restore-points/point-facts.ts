import { and, eq } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { copies } from "#lib/db/schema/copies";
import { validations } from "#lib/db/schema/validations";
import { copiesBroken } from "#lib/domain/broken";
import type { Reason } from "#lib/domain/error";
import { type Meter, readMeter } from "#lib/domain/meter";
import { loadNeedFacts } from "../backups/need-facts.ts";
import { oneOf } from "../one-of.ts";

/** What decides whether a backup can answer for its time. */
export type PointFacts = {
  readonly meter: Meter;
  /** Packs that a restore reads, its own included. */
  readonly packs: number;
  /** Why it cannot be restored; null when, as far as is known, it can. */
  readonly blocker: Reason | null;
};

/** Facts of many backups in three queries, by backup id. */
export async function loadPointFacts(db: Database | Transaction, backupIds: readonly string[]): Promise<(id: string) => PointFacts> {
  const [copyRows, proofRows, needsOf] = await Promise.all([
    db
      .select({
        backupId: copies.backupId,
        state: copies.state,
        storedAt: copies.storedAt,
        verifiedAt: copies.verifiedAt,
        failedAt: copies.failedAt,
        failure: copies.failure,
      })
      .from(copies)
      .where(oneOf(copies.backupId, backupIds)),
    db
      .select({ backupId: validations.backupId, verdict: validations.verdict, at: validations.at })
      .from(validations)
      .where(and(oneOf(validations.backupId, backupIds), eq(validations.level, "proven"))),
    loadNeedFacts(db, backupIds),
  ]);
  const copiesOf = Map.groupBy(copyRows, (row) => row.backupId);
  const proofsOf = Map.groupBy(proofRows, (row) => row.backupId);
  return (id) => {
    const own = copiesOf.get(id) ?? [];
    const { needs, broken } = needsOf(id);
    return { meter: readMeter(own, proofsOf.get(id) ?? []), packs: needs + 1, blocker: copiesBroken(own) ?? broken };
  };
}
