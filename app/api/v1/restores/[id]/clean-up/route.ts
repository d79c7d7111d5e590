import { cleanUpReplace as contract } from "#lib/contracts/restores";
import { route } from "#lib/http/route";
import { cleanUpReplace } from "#lib/services/restores/clean-up";

export const POST = route(contract, cleanUpReplace);
