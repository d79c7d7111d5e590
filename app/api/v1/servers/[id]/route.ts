import * as contract from "#lib/contracts/servers";
import { route } from "#lib/http/route";
import { getServer } from "#lib/services/servers/get";
import { deleteServer } from "#lib/services/servers/remove";
import { updateServer } from "#lib/services/servers/update";

export const GET = route(contract.getServer, getServer);
export const PATCH = route(contract.updateServer, updateServer);
export const DELETE = route(contract.deleteServer, deleteServer);
