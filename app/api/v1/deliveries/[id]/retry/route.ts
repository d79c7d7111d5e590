import * as contract from "#lib/contracts/notifications";
import { route } from "#lib/http/route";
import { retryDelivery } from "#lib/services/notifications/retry-delivery";

export const POST = route(contract.retryDelivery, retryDelivery);
