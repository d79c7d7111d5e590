import { addReportNote as contract } from "#lib/contracts/drill-reports";
import { route } from "#lib/http/route";
import { addReportNote } from "#lib/services/reports/add-note";

export const POST = route(contract, addReportNote);
