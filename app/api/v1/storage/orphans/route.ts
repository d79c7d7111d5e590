import * as contract from "#lib/contracts/storage";
import { route } from "#lib/http/route";
import { listOrphans } from "#lib/services/storage/orphans";
import { settleOrphans } from "#lib/services/storage/settle-orphans";

export const GET = route(contract.listOrphans, listOrphans);
export const POST = route(contract.settleOrphans, settleOrphans);
