import * as contract from "#lib/contracts/restores";
import { route } from "#lib/http/route";
import { listRestores } from "#lib/services/restores/list";
import { createRestore } from "#lib/services/restores/start";

export const GET = route(contract.listRestores, listRestores);
export const POST = route(contract.createRestore, createRestore);
