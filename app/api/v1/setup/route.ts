import * as contract from "#lib/contracts/session";
import { route } from "#lib/http/route";
import { getSetupState } from "#lib/services/people/setup-state";

export const GET = route(contract.getSetupState, getSetupState);
