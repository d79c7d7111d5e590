import * as contract from "#lib/contracts/imports";
import { route } from "#lib/http/route";
import { getImport } from "#lib/services/imports/get";
import { deleteImport } from "#lib/services/imports/remove";

export const GET = route(contract.getImport, getImport);
export const DELETE = route(contract.deleteImport, deleteImport);
