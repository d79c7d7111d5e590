import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/servers";
import { parseConnectionUrl } from "#lib/domain/server-address";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Splits a connection URL into fields; the password is neither stored nor echoed. Throws `url-not-understood`, `address-…`. */
export async function parseServerUrl(
  context: ServiceContext,
  input: EndpointInput<typeof contract.parseServerUrl>,
): Promise<EndpointOutput<typeof contract.parseServerUrl>> {
  authorise(context, "servers:write");
  const { password, ignored, ...fields } = parseConnectionUrl(input.body.url);
  return { ...fields, hasPassword: password !== null && password !== "", ignored: [...ignored] };
}
