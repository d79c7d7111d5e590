import * as contract from "#lib/contracts/session";
import { route } from "#lib/http/route";
import { createFirstAdmin } from "#lib/services/people/first-admin";

export const POST = route(contract.createFirstAdmin, createFirstAdmin);
