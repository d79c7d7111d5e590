import { and, eq, inArray } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/notifications";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { auditedChannel, lockChannel } from "./dto.ts";

/** Removes a channel: its secrets go, what waits for it is dropped, its row stays for the delivery log. Throws `not-found`, `version-required`, `version-conflict`. */
export async function deleteChannel(context: ServiceContext, input: EndpointInput<typeof contract.deleteChannel>): Promise<null> {
  authorise(context, "notifications:manage");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  await context.db.transaction(async (tx) => {
    const row = await lockChannel(tx, id);
    refuseStale("channel", row.version, expected);
    const now = context.now();
    await tx
      .update(channels)
      .set({ removedAt: now, enabled: false, secretSealed: null, version: row.version + 1, updatedAt: now })
      .where(eq(channels.id, id));
    await tx
      .update(deliveries)
      .set({ state: "dropped", claimedUntil: null })
      .where(and(eq(deliveries.channelId, id), inArray(deliveries.state, ["pending", "held", "sending"])));
    await recordAudit(tx, context, {
      action: "channel.delete",
      targetType: "channel",
      targetId: id,
      targetName: row.name,
      before: auditedChannel(row),
    });
  });
  return null;
}
