import { and, eq, gt, inArray } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/notifications";
import type { Transaction } from "#lib/db/client";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { reasonOf } from "#lib/domain/error";
import type { ChannelSecrets } from "#lib/notify/port";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { checkAudience } from "./check-audience.ts";
import { checkChannel, movedSecrets } from "./check-channel.ts";
import type { ChannelRow } from "./claim-message.ts";
import { newSigningKey } from "./create-channel.ts";
import { auditedChannel, loadChannel, lockChannel } from "./dto.ts";
import { openSecrets, sealSecrets } from "./sealed-secrets.ts";
import { tellOpen } from "./tell-open.ts";

/**
 * Changes a channel. What was entered for one address is not sent to another: it has to be entered again. Throws `not-found`, `version-required`,
 * `version-conflict`, `channel-incomplete` { field }, `address-invalid`, `address-forbidden`, and for one that has nothing to tell `invalid-input`.
 */
export async function updateChannel(
  context: ServiceContext,
  input: EndpointInput<typeof contract.updateChannel>,
): Promise<EndpointOutput<typeof contract.updateChannel>> {
  authorise(context, "notifications:manage");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  const { secret, newSigningKey: wantsKey, ...fields } = input.body;
  return context.db.transaction(async (tx) => {
    const row = await lockChannel(tx, id);
    refuseStale("channel", row.version, expected);
    const config = fields.config ?? row.config;
    const isEntered = Object.values(secret ?? {}).some((value) => value !== undefined);
    const leads = fields.config !== undefined || isEntered || wantsKey === true;
    const { signingKey, ...target } = leads ? newTarget(context, row, { config, secret, wantsKey }) : { signingKey: null };
    const { alerts = row.alerts, sourceIds = row.sourceIds } = fields;
    if (fields.alerts !== undefined || fields.sourceIds !== undefined || fields.config !== undefined) {
      await checkAudience(tx, { config, alerts, sourceIds }, row.sourceIds ?? []);
    }
    const [after] = await tx
      .update(channels)
      .set({
        ...fields,
        ...target,
        version: row.version + 1,
        updatedAt: context.now(),
      })
      .where(eq(channels.id, id))
      .returning();
    if (after === undefined) throw new Error("the update returned no row");
    await adaptOutbox(tx, context, row, after);
    await recordAudit(tx, context, {
      action: "channel.update",
      targetType: "channel",
      targetId: id,
      targetName: after.name,
      before: auditedChannel(row),
      after: auditedChannel(after),
    });
    return { ...(await loadChannel(tx, context.keyring, id)), signingKey };
  });
}

type Target = {
  readonly config: ChannelRow["config"];
  readonly secret: ChannelSecrets | undefined;
  readonly wantsKey: boolean | undefined;
};

/** Where a channel leads from now on, checked; with a signing key that was made for it, null where it keeps its own. */
function newTarget(context: ServiceContext, row: ChannelRow, { config, secret, wantsKey }: Target) {
  const kept = keptSecrets(context, row, config);
  const needsKey = config.type === "webhook" && (wantsKey === true || kept.signingKey === undefined);
  const signingKey = needsKey ? newSigningKey() : null;
  const secrets: ChannelSecrets = { ...kept, ...secret, ...(signingKey === null ? {} : { signingKey }) };
  return { host: checkChannel(config, secrets), secretSealed: sealSecrets(context.keyring, secrets, row.id), signingKey };
}

function keptSecrets(context: ServiceContext, row: ChannelRow, config: ChannelRow["config"]): ChannelSecrets {
  const moved = movedSecrets(row.config, config);
  if (moved.length === 4) return {};
  const stored = Object.entries(storedSecrets(context, row));
  return Object.fromEntries(stored.filter(([name]) => !moved.includes(name as keyof ChannelSecrets)));
}

/** Nothing where they were sealed with a key that is lost: they have to be entered again, and that must not need them. */
function storedSecrets({ keyring }: ServiceContext, row: ChannelRow): ChannelSecrets {
  try {
    return openSecrets(keyring, row.secretSealed, row.id);
  } catch (error) {
    if (reasonOf(error).code === "secret-key-missing") return {};
    throw error;
  }
}

/** What waits goes by the channel as it is now: dropped when it is switched off, looked at again when its quiet hours or its address changed. */
async function adaptOutbox(tx: Transaction, context: ServiceContext, before: ChannelRow, after: ChannelRow): Promise<void> {
  const waiting = and(eq(deliveries.channelId, after.id), inArray(deliveries.state, ["pending", "held"]));
  if (before.enabled && !after.enabled) await tx.update(deliveries).set({ state: "dropped" }).where(waiting);
  else await tx.update(deliveries).set({ state: "pending", nextAttemptAt: context.now() }).where(waiting);
  if (!before.enabled && after.enabled) await tellOpen(tx, context, after);
  // What was given up may find the receiver now, where its alert is still open.
  const givenUp = and(eq(deliveries.channelId, after.id), eq(deliveries.kind, "alert"), eq(deliveries.state, "failed"));
  await tx
    .update(deliveries)
    .set({ nextAttemptAt: context.now() })
    .where(and(givenUp, gt(deliveries.nextAttemptAt, context.now())));
}
