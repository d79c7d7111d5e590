import { linkIncidentRun as contract } from "#lib/contracts/incidents";
import { route } from "#lib/http/route";
import { linkIncidentRun } from "#lib/services/incidents/link-run";

export const POST = route(contract, linkIncidentRun);
