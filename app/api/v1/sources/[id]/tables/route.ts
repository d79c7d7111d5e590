import * as contract from "#lib/contracts/sources";
import { route } from "#lib/http/route";
import { listSourceTables } from "#lib/services/sources/list-tables";

export const GET = route(contract.listSourceTables, listSourceTables);
