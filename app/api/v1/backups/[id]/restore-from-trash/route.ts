import * as contract from "#lib/contracts/policies";
import { route } from "#lib/http/route";
import { restoreFromTrash } from "#lib/services/policies/restore-from-trash";

export const POST = route(contract.restoreFromTrash, restoreFromTrash);
