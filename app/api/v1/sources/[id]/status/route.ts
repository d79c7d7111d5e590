import * as contract from "#lib/contracts/source-status";
import { route } from "#lib/http/route";
import { getSourceStatus } from "#lib/services/status/get";

export const GET = route(contract.getSourceStatus, getSourceStatus);
