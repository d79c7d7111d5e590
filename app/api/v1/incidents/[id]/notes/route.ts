import { addIncidentNote as contract } from "#lib/contracts/incidents";
import { route } from "#lib/http/route";
import { addIncidentNote } from "#lib/services/incidents/add-note";

export const POST = route(contract, addIncidentNote);
