import * as contract from "#lib/contracts/runs";
import { route } from "#lib/http/route";
import { cancelRun } from "#lib/services/runs/cancel";

export const POST = route(contract.cancelRun, cancelRun);
