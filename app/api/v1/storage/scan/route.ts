import * as contract from "#lib/contracts/storage";
import { route } from "#lib/http/route";
import { scanStorage } from "#lib/services/storage/scan";

export const POST = route(contract.scanStorage, scanStorage);
