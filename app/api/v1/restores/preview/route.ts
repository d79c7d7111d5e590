import * as contract from "#lib/contracts/restores";
import { route } from "#lib/http/route";
import { previewRestore } from "#lib/services/restores/preview";

export const POST = route(contract.previewRestore, previewRestore);
