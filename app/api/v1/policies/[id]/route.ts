import * as contract from "#lib/contracts/policies";
import { route } from "#lib/http/route";
import { getPolicy } from "#lib/services/policies/get";
import { deletePolicy } from "#lib/services/policies/remove";
import { updatePolicy } from "#lib/services/policies/update";

export const GET = route(contract.getPolicy, getPolicy);
export const PATCH = route(contract.updatePolicy, updatePolicy);
export const DELETE = route(contract.deletePolicy, deletePolicy);
