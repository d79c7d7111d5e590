import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { ownId } from "./own-id.ts";
import { openSessionsOf } from "./session-dto.ts";

/** The caller's open sessions; `current` is the one that asks. Tokens get `not-allowed`. */
export async function listMySessions(
  context: ServiceContext,
  _input?: EndpointInput<typeof contract.listMySessions>,
): Promise<EndpointOutput<typeof contract.listMySessions>> {
  authorise(context, "profile:edit");
  return { items: await openSessionsOf(context, ownId(context)) };
}
