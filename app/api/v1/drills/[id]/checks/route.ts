import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { runDrillChecks } from "#lib/services/drills/run-checks";

export const POST = route(contract.runDrillChecks, runDrillChecks);
