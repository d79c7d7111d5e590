import { listSourceNames as contract } from "#lib/contracts/sources";
import { route } from "#lib/http/route";
import { listSourceNames } from "#lib/services/sources/list-names";

export const GET = route(contract, listSourceNames);
