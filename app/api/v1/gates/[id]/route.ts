import * as contract from "#lib/contracts/gates";
import { route } from "#lib/http/route";
import { getGate } from "#lib/services/gates/get";

export const GET = route(contract.getGate, getGate);
