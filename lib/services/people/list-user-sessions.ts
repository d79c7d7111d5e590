import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { getUserOrThrow } from "./load-user.ts";
import { openSessionsOf } from "./session-dto.ts";

/** Open sessions of a person. Throws `not-found`. */
export async function listUserSessions(
  context: ServiceContext,
  { params }: EndpointInput<typeof contract.listUserSessions>,
): Promise<EndpointOutput<typeof contract.listUserSessions>> {
  authorise(context, "people:manage");
  const person = await getUserOrThrow(context.db, params.id);
  return { items: await openSessionsOf(context, person.id) };
}
