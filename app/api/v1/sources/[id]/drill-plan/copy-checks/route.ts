import * as contract from "#lib/contracts/drill-plans";
import { route } from "#lib/http/route";
import { copyDrillChecks } from "#lib/services/drill-plans/copy-checks";

export const POST = route(contract.copyDrillChecks, copyDrillChecks);
