import * as contract from "#lib/contracts/backups";
import { route } from "#lib/http/route";
import { getBackup } from "#lib/services/backups/get";
import { deleteBackup } from "#lib/services/backups/remove";
import { updateBackup } from "#lib/services/backups/update";

export const GET = route(contract.getBackup, getBackup);
export const PATCH = route(contract.updateBackup, updateBackup);
export const DELETE = route(contract.deleteBackup, deleteBackup);
