import * as contract from "#lib/contracts/storage";
import { route } from "#lib/http/route";
import { getStorageUsage } from "#lib/services/storage/usage";

export const GET = route(contract.getStorageUsage, getStorageUsage);
