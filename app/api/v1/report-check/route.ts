import { checkReportFile as contract } from "#lib/contracts/drill-reports";
import { route } from "#lib/http/route";
import { checkReportFile } from "#lib/services/reports/check-file";

export const POST = route(contract, checkReportFile);
