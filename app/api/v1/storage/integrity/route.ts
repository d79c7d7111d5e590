import * as contract from "#lib/contracts/storage";
import { route } from "#lib/http/route";
import { getIntegrity } from "#lib/services/storage/integrity";

export const GET = route(contract.getIntegrity, getIntegrity);
