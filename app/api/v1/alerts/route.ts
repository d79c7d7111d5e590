import * as contract from "#lib/contracts/notifications";
import { route } from "#lib/http/route";
import { listAlerts } from "#lib/services/notifications/list-alerts";

export const GET = route(contract.listAlerts, listAlerts);
