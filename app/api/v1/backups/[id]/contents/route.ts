import * as contract from "#lib/contracts/backups";
import { route } from "#lib/http/route";
import { getBackupContents } from "#lib/services/backups/contents";

export const GET = route(contract.getBackupContents, getBackupContents);
