import * as contract from "#lib/contracts/servers";
import { route } from "#lib/http/route";
import { listServerDatabases } from "#lib/services/servers/list-databases";

export const GET = route(contract.listServerDatabases, listServerDatabases);
