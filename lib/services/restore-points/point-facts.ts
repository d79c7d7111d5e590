import type { Database, Transaction } from "#lib/db/client";
import { copiesBroken } from "#lib/domain/broken";
import type { Reason } from "#lib/domain/error";
import { type Meter, readMeter } from "#lib/domain/meter";
import { loadMeterFacts } from "../backups/load.ts";
import { loadNeedFacts } from "../backups/need-facts.ts";

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
  const [factsOf, needsOf] = await Promise.all([loadMeterFacts(db, backupIds), loadNeedFacts(db, backupIds)]);
  return (id) => {
    const { copies, proofs } = factsOf(id);
    const { needs, broken } = needsOf(id);
    return { meter: readMeter(copies, proofs), packs: needs + 1, blocker: copiesBroken(copies) ?? broken };
  };
}
