import * as contract from "#lib/contracts/people";
import { route } from "#lib/http/route";
import { createUserLink } from "#lib/services/people/create-user-link";

export const POST = route(contract.createUserLink, createUserLink);
