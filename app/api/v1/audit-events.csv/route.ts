import * as contract from "#lib/contracts/audit";
import { exportStream } from "#lib/http/export-stream";
import { route } from "#lib/http/route";
import { auditCsv, exportAuditEvents } from "#lib/services/audit/export";

export const GET = route(
  contract.exportAuditEvents,
  exportAuditEvents,
  exportStream(
    contract.exportAuditEvents,
    () => "csv",
    (context, { query }) => auditCsv(context, query),
  ),
);
