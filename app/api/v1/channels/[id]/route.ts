import * as contract from "#lib/contracts/notifications";
import { route } from "#lib/http/route";
import { deleteChannel } from "#lib/services/notifications/delete-channel";
import { getChannel } from "#lib/services/notifications/get-channel";
import { updateChannel } from "#lib/services/notifications/update-channel";

export const GET = route(contract.getChannel, getChannel);
export const PATCH = route(contract.updateChannel, updateChannel);
export const DELETE = route(contract.deleteChannel, deleteChannel);
