import * as contract from "#lib/contracts/session";
import { route } from "#lib/http/route";
import { getMe } from "#lib/services/people/me";
import { updateMe } from "#lib/services/people/update-me";

export const GET = route(contract.getMe, getMe);
export const PATCH = route(contract.updateMe, updateMe);
