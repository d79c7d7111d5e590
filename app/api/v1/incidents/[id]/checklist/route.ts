import { setIncidentItem as contract } from "#lib/contracts/incidents";
import { route } from "#lib/http/route";
import { setIncidentItem } from "#lib/services/incidents/set-item";

export const POST = route(contract, setIncidentItem);
