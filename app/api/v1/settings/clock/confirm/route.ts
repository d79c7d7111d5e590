import * as contract from "#lib/contracts/policies";
import { route } from "#lib/http/route";
import { confirmClock } from "#lib/services/policies/clock";

export const POST = route(contract.confirmClock, confirmClock);
