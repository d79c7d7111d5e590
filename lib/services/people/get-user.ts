import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { getUserOrThrow } from "./load-user.ts";
import { toUserDto } from "./user-dto.ts";

/** One person. Throws `not-found`. */
export async function getUser(context: ServiceContext, { params }: EndpointInput<typeof contract.getUser>): Promise<contract.UserDto> {
  authorise(context, "people:manage");
  return toUserDto(context.db, await getUserOrThrow(context.db, params.id), context.now());
}
