import * as contract from "#lib/contracts/chains";
import { route } from "#lib/http/route";
import { verifyChain } from "#lib/services/chains/verify";

export const POST = route(contract.verifyChain, verifyChain);
