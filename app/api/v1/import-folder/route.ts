import * as contract from "#lib/contracts/imports";
import { route } from "#lib/http/route";
import { importFromFolder } from "#lib/services/imports/from-folder";
import { listImportFolder } from "#lib/services/imports/list-folder";

export const GET = route(contract.listImportFolder, listImportFolder);
export const POST = route(contract.importFromFolder, importFromFolder);
