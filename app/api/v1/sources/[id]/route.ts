import * as contract from "#lib/contracts/sources";
import { route } from "#lib/http/route";
import { getSource } from "#lib/services/sources/get";
import { deleteSource } from "#lib/services/sources/remove";
import { updateSource } from "#lib/services/sources/update";

export const GET = route(contract.getSource, getSource);
export const PATCH = route(contract.updateSource, updateSource);
export const DELETE = route(contract.deleteSource, deleteSource);
