import * as contract from "#lib/contracts/source-status";
import { route } from "#lib/http/route";
import { setStatusLink } from "#lib/services/status/set-link";

export const POST = route(contract.setStatusLink, setStatusLink);
