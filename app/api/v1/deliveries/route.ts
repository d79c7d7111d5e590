import * as contract from "#lib/contracts/notifications";
import { route } from "#lib/http/route";
import { listDeliveries } from "#lib/services/notifications/list-deliveries";

export const GET = route(contract.listDeliveries, listDeliveries);
