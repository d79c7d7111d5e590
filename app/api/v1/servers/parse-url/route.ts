import * as contract from "#lib/contracts/servers";
import { route } from "#lib/http/route";
import { parseServerUrl } from "#lib/services/servers/parse-url";

export const POST = route(contract.parseServerUrl, parseServerUrl);
