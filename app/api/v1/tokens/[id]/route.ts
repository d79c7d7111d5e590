import * as contract from "#lib/contracts/tokens";
import { route } from "#lib/http/route";
import { revokeToken } from "#lib/services/tokens/revoke";

export const DELETE = route(contract.revokeToken, revokeToken);
