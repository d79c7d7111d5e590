import * as contract from "#lib/contracts/tokens";
import { route } from "#lib/http/route";
import { createToken } from "#lib/services/tokens/create";
import { listTokens } from "#lib/services/tokens/list";

export const GET = route(contract.listTokens, listTokens);
export const POST = route(contract.createToken, createToken);
