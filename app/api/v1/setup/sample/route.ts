import * as contract from "#lib/contracts/session";
import { route } from "#lib/http/route";
import { startSample } from "#lib/services/sample/request";

export const POST = route(contract.startSample, startSample);
