import { eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/schedules";
import type { Database, Transaction } from "#lib/db/client";
import { settings } from "#lib/db/schema/settings";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { readLimits } from "../runs/limits.ts";

/** How much runs at once. Before anybody changed it: as much as workers have places. */
export async function getSchedulingSettings(
  context: ServiceContext,
  _input: EndpointInput<typeof contract.getSchedulingSettings>,
): Promise<contract.SchedulingSettings> {
  authorise(context, "policies:read");
  return loadSettings(context.db);
}

async function loadSettings(db: Database | Transaction): Promise<contract.SchedulingSettings> {
  const [row] = await db.select({ version: settings.version }).from(settings).where(eq(settings.key, "scheduling"));
  return { ...(await readLimits(db)), version: row?.version ?? 1 };
}

/** Changes how much runs at once; what runs already goes on. Throws `version-required`, `version-conflict`. */
export async function updateSchedulingSettings(
  context: ServiceContext,
  { body, ifMatch }: EndpointInput<typeof contract.updateSchedulingSettings>,
): Promise<contract.SchedulingSettings> {
  authorise(context, "policies:write");
  const expected = requireVersion(ifMatch);
  return context.db.transaction(async (tx) => {
    const updatedAt = context.now();
    // The first change makes the row; the lock on it then decides between two.
    await tx.insert(settings).values({ key: "scheduling", value: {}, updatedAt }).onConflictDoNothing();
    await tx.select().from(settings).where(eq(settings.key, "scheduling")).for("update");
    const { version, ...before } = await loadSettings(tx);
    refuseStale("settings", version, expected);
    const after = { ...before, ...body };
    await tx
      .update(settings)
      .set({ value: after, version: version + 1, updatedAt })
      .where(eq(settings.key, "scheduling"));
    await recordAudit(tx, context, {
      action: "settings.scheduling",
      targetType: "settings",
      targetId: null,
      targetName: "scheduling",
      before,
      after,
    });
    return loadSettings(tx);
  });
}
