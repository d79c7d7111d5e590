import * as contract from "#lib/contracts/incidents";
import { route } from "#lib/http/route";
import { getIncident } from "#lib/services/incidents/get";
import { updateIncident } from "#lib/services/incidents/update";

export const GET = route(contract.getIncident, getIncident);
export const PATCH = route(contract.updateIncident, updateIncident);
