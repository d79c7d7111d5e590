import { reopenIncident as contract } from "#lib/contracts/incidents";
import { route } from "#lib/http/route";
import { reopenIncident } from "#lib/services/incidents/reopen";

export const POST = route(contract, reopenIncident);
