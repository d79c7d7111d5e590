import * as contract from "#lib/contracts/policies";
import { route } from "#lib/http/route";
import { getClock } from "#lib/services/policies/clock";

export const GET = route(contract.getClock, getClock);
