import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/policies";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadPolicy } from "./load.ts";

/** One retention policy. Throws `not-found`. */
export function getPolicy(context: ServiceContext, input: EndpointInput<typeof contract.getPolicy>): Promise<contract.PolicyDto> {
  authorise(context, "policies:read");
  return loadPolicy(context.db, input.params.id);
}
