import * as contract from "#lib/contracts/sources";
import { route } from "#lib/http/route";
import { createSource } from "#lib/services/sources/create";
import { listSources } from "#lib/services/sources/list";

export const GET = route(contract.listSources, listSources);
export const POST = route(contract.createSource, createSource);
