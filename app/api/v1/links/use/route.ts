import * as contract from "#lib/contracts/people";
import { route } from "#lib/http/route";
import { useLink } from "#lib/services/people/use-link";

export const POST = route(contract.useLink, useLink);
