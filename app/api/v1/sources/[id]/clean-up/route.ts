import { cleanUpSource as contract } from "#lib/contracts/policies";
import { route } from "#lib/http/route";
import { cleanUpSource } from "#lib/services/policies/start-clean-up";

export const POST = route(contract, cleanUpSource);
