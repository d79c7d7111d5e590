import * as contract from "#lib/contracts/audit";
import { route } from "#lib/http/route";
import { listAuditEvents } from "#lib/services/audit/list";

export const GET = route(contract.listAuditEvents, listAuditEvents);
