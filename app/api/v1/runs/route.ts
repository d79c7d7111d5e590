import * as contract from "#lib/contracts/runs";
import { route } from "#lib/http/route";
import { listRuns } from "#lib/services/runs/list";

export const GET = route(contract.listRuns, listRuns);
