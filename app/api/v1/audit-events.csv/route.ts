import * as contract from "#lib/contracts/audit";
import { auditCsvStream } from "#lib/http/audit-csv-stream";
import { route } from "#lib/http/route";
import { exportAuditEvents } from "#lib/services/audit/export";

export const GET = route(contract.exportAuditEvents, exportAuditEvents, auditCsvStream);
