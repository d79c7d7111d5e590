import * as contract from "#lib/contracts/gates";
import { route } from "#lib/http/route";
import { cancelGate } from "#lib/services/gates/cancel";

export const POST = route(contract.cancelGate, cancelGate);
