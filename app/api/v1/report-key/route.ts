import { getReportKey as getContract, renewReportKey as renewContract } from "#lib/contracts/drill-reports";
import { route } from "#lib/http/route";
import { getReportKey, renewReportKey } from "#lib/services/reports/keys";

export const GET = route(getContract, getReportKey);
export const POST = route(renewContract, renewReportKey);
