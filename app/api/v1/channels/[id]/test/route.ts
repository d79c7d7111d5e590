import * as contract from "#lib/contracts/notifications";
import { route } from "#lib/http/route";
import { testChannel } from "#lib/services/notifications/test-channel";

export const POST = route(contract.testChannel, testChannel);
