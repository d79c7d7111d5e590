import { asc, eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { decide, type RetentionDecision } from "#lib/domain/retention";
import type { RetentionRule } from "#lib/domain/retention-rule";
import type { NeedEdge } from "#lib/domain/removal-order";
import { findInUse, loadCandidates } from "./load-candidates.ts";

/**
 * Holds everything that could change what a policy says of a source until the transaction ends: nobody takes a chain, pins a backup or starts a run
 * on one. Chains come before backups, as everywhere.
 */
export async function holdSource(tx: Transaction, sourceId: string): Promise<void> {
  await tx.select({ id: chains.id }).from(chains).where(eq(chains.sourceId, sourceId)).orderBy(asc(chains.id)).for("no key update");
  await tx.select({ id: backups.id }).from(backups).where(eq(backups.sourceId, sourceId)).orderBy(asc(backups.id)).for("no key update");
}

/** What a policy says of a source's backups now, with what is in use. `runId`: whoever asks, whose own holds do not count. */
export async function evaluate(
  tx: Transaction,
  request: { sourceId: string; rule: RetentionRule; now: Date; runId: string },
): Promise<{ decisions: readonly RetentionDecision[]; needs: readonly NeedEdge[] }> {
  const { sourceId, rule, now, runId } = request;
  const { candidates, needs, rowOf } = await loadCandidates(tx, sourceId);
  const looked = new Set<string>();
  const inUse = new Set<string>();
  for (;;) {
    const marked = candidates.map((each) => (inUse.has(each.id) ? Object.assign({}, each, { inUse: true }) : each));
    const decisions = decide(marked, needs, rule, { now });
    // Only of what would go is it asked who uses it; one that is used may push another one over the cap.
    const going = decisions.flatMap(({ id, verdict }) => (verdict === "trash" && !looked.has(id) ? (rowOf.get(id) ?? []) : []));
    for (const { id } of going) looked.add(id);
    const found = await findInUse(tx, going, runId);
    if (found.size === 0) return { decisions, needs };
    for (const id of found) inUse.add(id);
  }
}
