import { undoReplace as contract } from "#lib/contracts/restores";
import { route } from "#lib/http/route";
import { undoReplace } from "#lib/services/restores/undo";

export const POST = route(contract, undoReplace);
