import * as contract from "#lib/contracts/backups";
import { route } from "#lib/http/route";
import { listBackups } from "#lib/services/backups/list";
import { createBackup } from "#lib/services/backups/run-now";

export const GET = route(contract.listBackups, listBackups);
export const POST = route(contract.createBackup, createBackup);
