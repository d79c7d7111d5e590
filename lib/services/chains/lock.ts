import { and, eq, type SQL, sql } from "drizzle-orm";
import { setTimeout as delay } from "node:timers/promises";
import type { Database, Transaction } from "#lib/db/client";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { chains } from "#lib/db/schema/chains";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { databaseNow, leaseEnd } from "../runs/lease.ts";

/**
 * A lock whose lease is over, unless a run holds it that nobody took away yet: after an outage of the catalogue that run is still
 * reading, and its next heartbeat lengthens both. A sweep that fails the run ends its locks with it.
 */
export const isLockOver: SQL = sql`(${chainLocks.leaseExpiresAt} < ${databaseNow} and not exists (
  select 1 from ${runs} where ${runs.id} = ${chainLocks.holder} and ${runs.state} = 'running'
))`;

/**
 * Takes a chain for reading (`shared`: backup, verify, restore, download) or for removing from it (`exclusive`). Held until
 * `unlockChain`, or until `leaseMs` passed without `extendChainLock` (a run's heartbeat does that for its own).
 * Throws `chain-locked` { chainId, by } when the other kind of holder is there, and `not-found` when the chain is gone.
 */
export async function lockChain(
  tx: Database | Transaction,
  lock: { chainId: string; holder: string; mode: "shared" | "exclusive"; leaseMs: number },
): Promise<void> {
  await tx.transaction(async (inner) => {
    // The chain's row serialises lockers, so that two cannot both see a free place.
    const found = await inner.select({ id: chains.id }).from(chains).where(eq(chains.id, lock.chainId)).for("no key update");
    if (found.length === 0) throw new LifeboatError("not-found", { entity: "chain", id: lock.chainId });
    await inner.delete(chainLocks).where(and(eq(chainLocks.chainId, lock.chainId), isLockOver));
    const held = await inner.select().from(chainLocks).where(eq(chainLocks.chainId, lock.chainId));
    const other = held.find((row) => row.holder !== lock.holder && (lock.mode === "exclusive" || row.mode === "exclusive"));
    if (other !== undefined) throw new LifeboatError("chain-locked", { chainId: lock.chainId, by: other.holder });
    const lease = { mode: lock.mode, leaseExpiresAt: leaseEnd(lock.leaseMs) };
    await inner
      .insert(chainLocks)
      .values({ chainId: lock.chainId, holder: lock.holder, ...lease })
      .onConflictDoUpdate({ target: [chainLocks.chainId, chainLocks.holder], set: lease });
  });
}

/** How often a busy chain is asked for, in milliseconds. */
const askAgainMs = 250;

/**
 * Takes a chain like `lockChain`, but waits while the other kind of holder is there: a removal takes seconds, and nothing should fail for it.
 * `patienceMs` says for how long at most, one lease's time if left out; a holder that died is gone after that, so whoever holds nothing meanwhile may
 * wait without end. False: the chain is gone. Throws `chain-locked` when the time is up, and the signal's reason.
 */
export async function waitForChain(
  db: Database,
  lock: { chainId: string; holder: string; mode: "shared" | "exclusive"; leaseMs: number },
  signal: AbortSignal,
  patienceMs = lock.leaseMs,
): Promise<boolean> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      await lockChain(db, lock);
      return true;
    } catch (error) {
      const { code } = reasonOf(error);
      if (code === "not-found") return false;
      if (code !== "chain-locked" || performance.now() > untilMs) throw error;
    }
    await delay(askAgainMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Lengthens a lock; false when it is gone (then what it guarded may be gone as well). */
export async function extendChainLock(db: Database, lock: { chainId: string; holder: string; leaseMs: number }): Promise<boolean> {
  const rows = await db
    .update(chainLocks)
    .set({ leaseExpiresAt: leaseEnd(lock.leaseMs) })
    .where(and(eq(chainLocks.chainId, lock.chainId), eq(chainLocks.holder, lock.holder)))
    .returning({ holder: chainLocks.holder });
  return rows.length > 0;
}

/** Lets go of everything that a holder holds. */
export async function unlockChains(db: Database | Transaction, holder: string): Promise<void> {
  await db.delete(chainLocks).where(eq(chainLocks.holder, holder));
}
