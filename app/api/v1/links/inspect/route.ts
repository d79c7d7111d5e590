import * as contract from "#lib/contracts/people";
import { route } from "#lib/http/route";
import { inspectLink } from "#lib/services/people/inspect-link";

export const POST = route(contract.inspectLink, inspectLink);
