import * as contract from "#lib/contracts/servers";
import { route } from "#lib/http/route";
import { createServer } from "#lib/services/servers/create";
import { listServers } from "#lib/services/servers/list";

export const GET = route(contract.listServers, listServers);
export const POST = route(contract.createServer, createServer);
