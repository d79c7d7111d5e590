import * as contract from "#lib/contracts/imports";
import { route } from "#lib/http/route";
import { createUpload } from "#lib/services/imports/create-upload";
import { listImports } from "#lib/services/imports/list";

export const GET = route(contract.listImports, listImports);
export const POST = route(contract.createUpload, createUpload);
