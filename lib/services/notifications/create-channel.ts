import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/notifications";
import { channels } from "#lib/db/schema/channels";
import { makeId } from "#lib/domain/ids";
import type { ChannelSecrets } from "#lib/notify/port";
import { newToken } from "#lib/secrets/token";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { checkAudience } from "./check-audience.ts";
import { checkChannel } from "./check-channel.ts";
import { auditedChannel, toChannelDto } from "./dto.ts";
import { sealSecrets } from "./sealed-secrets.ts";

/** Recognisable, so that it can be found where it should not be. */
const signingKeyPrefix = "whk_";

export function newSigningKey(): string {
  return signingKeyPrefix + newToken();
}

/**
 * Adds a channel; nothing is sent. A webhook's signing key is in the answer and nowhere else. Throws `channel-incomplete` { field }, `address-invalid`,
 * `address-forbidden`, and for one that has nothing to tell `invalid-input` and `not-found`.
 */
export async function createChannel(
  context: ServiceContext,
  { body }: EndpointInput<typeof contract.createChannel>,
): Promise<EndpointOutput<typeof contract.createChannel>> {
  authorise(context, "notifications:manage");
  const { secret, ...fields } = body;
  const signingKey = body.config.type === "webhook" ? newSigningKey() : null;
  const secrets: ChannelSecrets = { ...secret, ...(signingKey === null ? {} : { signingKey }) };
  const host = checkChannel(body.config, secrets);
  const id = makeId("channel", context.newUuid());
  const now = context.now();
  return context.db.transaction(async (tx) => {
    await checkAudience(tx, body);
    const [row] = await tx
      .insert(channels)
      .values({ ...fields, id, host, secretSealed: sealSecrets(context.keyring, secrets, id), createdAt: now, updatedAt: now })
      .returning();
    if (row === undefined) throw new Error("the insert returned no row");
    await recordAudit(tx, context, {
      action: "channel.create",
      targetType: "channel",
      targetId: id,
      targetName: row.name,
      after: auditedChannel(row),
    });
    return { ...toChannelDto(row, context.keyring), signingKey };
  });
}
