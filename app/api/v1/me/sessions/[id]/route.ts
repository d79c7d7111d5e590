import * as contract from "#lib/contracts/people";
import { route } from "#lib/http/route";
import { endMySession } from "#lib/services/people/end-my-session";

export const DELETE = route(contract.endMySession, endMySession);
