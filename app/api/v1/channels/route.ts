import * as contract from "#lib/contracts/notifications";
import { route } from "#lib/http/route";
import { createChannel } from "#lib/services/notifications/create-channel";
import { listChannels } from "#lib/services/notifications/list-channels";

export const GET = route(contract.listChannels, listChannels);
export const POST = route(contract.createChannel, createChannel);
