import { getDrillReport as contract } from "#lib/contracts/drill-reports";
import { route } from "#lib/http/route";
import { getDrillReport } from "#lib/services/reports/get";

export const GET = route(contract, getDrillReport);
