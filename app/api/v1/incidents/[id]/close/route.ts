import { closeIncident as contract } from "#lib/contracts/incidents";
import { route } from "#lib/http/route";
import { closeIncident } from "#lib/services/incidents/close";

export const POST = route(contract, closeIncident);
