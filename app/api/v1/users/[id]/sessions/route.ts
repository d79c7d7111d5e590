import * as contract from "#lib/contracts/people";
import { route } from "#lib/http/route";
import { endUserSessions } from "#lib/services/people/end-user-sessions";
import { listUserSessions } from "#lib/services/people/list-user-sessions";

export const GET = route(contract.listUserSessions, listUserSessions);
export const DELETE = route(contract.endUserSessions, endUserSessions);
