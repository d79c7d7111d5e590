import * as contract from "#lib/contracts/runs";
import { route } from "#lib/http/route";
import { getRun } from "#lib/services/runs/get";

export const GET = route(contract.getRun, getRun);
