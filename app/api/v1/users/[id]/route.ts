import * as contract from "#lib/contracts/people";
import { route } from "#lib/http/route";
import { getUser } from "#lib/services/people/get-user";
import { updateUser } from "#lib/services/people/update-user";

export const GET = route(contract.getUser, getUser);
export const PATCH = route(contract.updateUser, updateUser);
