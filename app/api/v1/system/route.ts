import * as contract from "#lib/contracts/system";
import { route } from "#lib/http/route";
import { getSystemStatus } from "#lib/services/system/status";

export const GET = route(contract.getSystemStatus, getSystemStatus);
