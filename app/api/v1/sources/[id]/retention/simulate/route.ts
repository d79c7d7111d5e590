import * as contract from "#lib/contracts/policies";
import { route } from "#lib/http/route";
import { simulateRetention } from "#lib/services/policies/simulate";

export const POST = route(contract.simulateRetention, simulateRetention);
