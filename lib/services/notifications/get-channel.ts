import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/notifications";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadChannel } from "./dto.ts";

/** One channel. Throws `not-found`. */
export async function getChannel(
  context: ServiceContext,
  { params }: EndpointInput<typeof contract.getChannel>,
): Promise<contract.ChannelDto> {
  authorise(context, "notifications:manage");
  return loadChannel(context.db, context.keyring, params.id);
}
