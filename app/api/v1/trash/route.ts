import * as contract from "#lib/contracts/policies";
import { route } from "#lib/http/route";
import { listTrash } from "#lib/services/policies/list-trash";

export const GET = route(contract.listTrash, listTrash);
