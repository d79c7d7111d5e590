import * as contract from "#lib/contracts/people";
import { route } from "#lib/http/route";
import { inviteUser } from "#lib/services/people/invite-user";
import { listUsers } from "#lib/services/people/list-users";

export const GET = route(contract.listUsers, listUsers);
export const POST = route(contract.inviteUser, inviteUser);
