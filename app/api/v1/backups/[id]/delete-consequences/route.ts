import * as contract from "#lib/contracts/backups";
import { route } from "#lib/http/route";
import { getDeleteConsequences } from "#lib/services/backups/delete-consequences";

export const GET = route(contract.getDeleteConsequences, getDeleteConsequences);
