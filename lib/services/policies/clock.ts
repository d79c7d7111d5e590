import { sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/policies";
import type { Database, Transaction } from "#lib/db/client";
import { installation } from "#lib/db/schema/installation";
import { type ClockVerdict, judgeClock } from "#lib/domain/clock-guard";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import { type ServiceContext, systemActor } from "../context.ts";
import { databaseNow } from "../runs/lease.ts";

type Known = { readonly row: typeof installation.$inferSelect; readonly catalogueNow: Date };

async function readInstallation(db: Database | Transaction, lock: boolean): Promise<Known | null> {
  const query = db
    .select({ row: installation, catalogueNow: sql<Date>`clock_timestamp()`.mapWith((value) => new Date(value as string)) })
    .from(installation)
    .limit(1);
  const [found] = await (lock ? query.for("update") : query);
  return found ?? null;
}

/** The last seen time moves on by steps of this length: a write a minute, not one at every look. */
const stepMs = 60_000;

/**
 * Looks at the catalogue's clock and at this process's. While both are believed the last seen time moves on; a catalogue whose clock jumped is noted,
 * until it is right again by itself or somebody confirms it. A process's own clock is nobody else's matter, and not noted.
 */
export async function watchClock(context: ServiceContext): Promise<ClockVerdict> {
  const looked = await readInstallation(context.db, false);
  if (looked === null) return { believed: true };
  const judge = ({ row, catalogueNow }: Known) => judgeClock({ worker: context.now(), catalogue: catalogueNow, lastSeen: row.lastSeenAt });
  const verdict = judge(looked);
  const isNoted = looked.row.clockSuspectSince !== null;
  const isMoved = looked.catalogueNow.getTime() - looked.row.lastSeenAt.getTime() > stepMs;
  const isOwn = !verdict.believed && verdict.why === "apart";
  if (isOwn || (verdict.believed ? !isNoted && !isMoved : isNoted)) return verdict;
  return context.db.transaction(async (tx) => {
    const known = await readInstallation(tx, true);
    if (known === null) return verdict;
    const again = judge(known);
    if (again.believed) {
      const forward = known.catalogueNow > known.row.lastSeenAt ? { lastSeenAt: known.catalogueNow } : {};
      await tx.update(installation).set({ ...forward, clockSuspectSince: null, clockJumpSeconds: null });
    } else if (again.why !== "apart" && known.row.clockSuspectSince === null) {
      await tx.update(installation).set({ clockSuspectSince: databaseNow, clockJumpSeconds: again.jumpSeconds });
      await recordAudit(
        tx,
        { ...context, actor: systemActor },
        {
          action: "clock.suspect",
          targetType: "clock",
          targetId: known.row.id,
          after: { jumpSeconds: again.jumpSeconds, lastSeenAt: known.row.lastSeenAt },
        },
      );
    }
    return again;
  });
}

/** The first line of everything that removes something because it is old. Throws `clock-suspect` { seconds }. */
export async function assertClock(context: ServiceContext): Promise<void> {
  const verdict = await watchClock(context);
  if (!verdict.believed) throw new LifeboatError("clock-suspect", { seconds: verdict.jumpSeconds });
}

/** Whether the clock is believed. */
export async function getClock(
  context: ServiceContext,
  _input: EndpointInput<typeof contract.getClock>,
): Promise<EndpointOutput<typeof contract.getClock>> {
  authorise(context, "system:read");
  return clockState(context.db, context.now());
}

/** Believes the catalogue's clock as it is from now on. Done twice it changes nothing more; each time is audited. */
export async function confirmClock(
  context: ServiceContext,
  _input: EndpointInput<typeof contract.confirmClock>,
): Promise<EndpointOutput<typeof contract.confirmClock>> {
  authorise(context, "policies:write");
  return context.db.transaction(async (tx) => {
    const known = await readInstallation(tx, true);
    if (known !== null) {
      await tx.update(installation).set({ lastSeenAt: databaseNow, clockSuspectSince: null, clockJumpSeconds: null });
      await recordAudit(tx, context, {
        action: "clock.confirm",
        targetType: "clock",
        targetId: known.row.id,
        before: { lastSeenAt: known.row.lastSeenAt, suspectSince: known.row.clockSuspectSince },
        after: { lastSeenAt: known.catalogueNow, suspectSince: null },
      });
    }
    return clockState(tx, context.now());
  });
}

async function clockState(db: Database | Transaction, processNow: Date): Promise<EndpointOutput<typeof contract.getClock>> {
  const known = await readInstallation(db, false);
  return {
    suspectSince: known?.row.clockSuspectSince?.toISOString() ?? null,
    jumpSeconds: known?.row.clockJumpSeconds ?? null,
    now: (known?.catalogueNow ?? processNow).toISOString(),
  };
}
