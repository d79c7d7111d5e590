import * as contract from "#lib/contracts/people";
import { route } from "#lib/http/route";
import { endMyOtherSessions } from "#lib/services/people/end-my-other-sessions";
import { listMySessions } from "#lib/services/people/list-my-sessions";

export const GET = route(contract.listMySessions, listMySessions);
export const DELETE = route(contract.endMyOtherSessions, endMyOtherSessions);
