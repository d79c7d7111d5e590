import * as contract from "#lib/contracts/chains";
import { route } from "#lib/http/route";
import { listChains } from "#lib/services/chains/list";

export const GET = route(contract.listChains, listChains);
