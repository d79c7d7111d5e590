import * as contract from "#lib/contracts/incidents";
import { route } from "#lib/http/route";
import { listIncidents } from "#lib/services/incidents/list";
import { openIncident } from "#lib/services/incidents/open";

export const GET = route(contract.listIncidents, listIncidents);
export const POST = route(contract.openIncident, openIncident);
