import * as contract from "#lib/contracts/gates";
import { route } from "#lib/http/route";
import { reportGateCheck } from "#lib/services/gates/report-check";

export const POST = route(contract.reportGateCheck, reportGateCheck);
